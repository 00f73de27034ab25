import { expect, test } from "vitest";
import { connect } from "../../src/client/connect.ts";
import { soon } from "../support/soon.ts";
import { fakeBrowser, type Reply } from "./fake-browser.ts";

const refused = (error: string): Response =>
  Response.json({ status: "failed", meta: { error, message: "This server gives out the ids of sessions." } });

function start(reply: Reply) {
  const fake = fakeBrowser({ reply });
  const connection = connect("http://localhost/rtc", { browser: fake.parts });
  return { ...fake, connection };
}

test("where the server gives out the ids of sessions one is asked for, and the offer made with that", async () => {
  const { connection, posts } = start(({ type, webrtc_id: id }) => {
    if (type === undefined) return Response.json({ webrtc_id: "s1.signed" });
    if (id !== "s1.signed") return refused("signed_id_required");
    return type === "offer"
      ? Response.json({ type: "answer", sdp: "the answer" })
      : Response.json({ status: "success" });
  });
  const own = connection.webrtcId;
  await soon(() => expect(connection.state).toEqual({ type: "connecting", phase: "transport" }));
  const ids = posts.filter(({ type }) => type !== "ice-candidate").map(({ webrtc_id: id }) => id);
  expect(ids).toEqual([own, undefined, "s1.signed"]);
  expect(connection.webrtcId).toBe("s1.signed");
  connection.close();
});

test("it is asked for once: a server that refuses its own id is not asked again", async () => {
  const { connection, posts } = start(({ type }) =>
    type === undefined ? Response.json({ webrtc_id: "s1.stale" }) : refused("signed_id_required"),
  );
  await soon(() => expect(connection.state.type).toBe("closed"));
  expect(connection.state).toMatchObject({ reason: { type: "failed", error: { code: "refused" } } });
  expect(posts.filter(({ type }) => type === undefined)).toHaveLength(1);
});

test("for any other refusal none is asked for", async () => {
  const { connection, posts } = start(() => refused("concurrency_limit_reached"));
  await soon(() => expect(connection.state.type).toBe("closed"));
  expect(posts.filter(({ type }) => type === undefined)).toEqual([]);
});
