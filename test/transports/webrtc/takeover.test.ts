import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { getCurrentContext, type SessionContext, Stream, VideoFrame } from "../../../src/index.ts";
import { NativeClient } from "../../support/native-client.ts";
import { RecordingLogger } from "../../support/recording-logger.ts";

let stream: Stream;
let contexts: Set<SessionContext>;
const clients: NativeClient[] = [];

function client(id?: string): NativeClient {
  const made = new NativeClient({ bindAddress: "127.0.0.1", ...(id !== undefined && { id }) });
  clients.push(made);
  return made;
}

beforeEach(() => {
  contexts = new Set();
  stream = new Stream({
    handler: () => {
      contexts.add(getCurrentContext());
      return VideoFrame.from(new Uint8Array(24), { format: "i420", width: 4, height: 4 });
    },
    modality: "video",
    mode: "receive",
    network: { bindAddress: "127.0.0.1" },
    logger: new RecordingLogger(),
  });
});
afterEach(async () => {
  await stream.close();
  for (const each of clients.splice(0)) each.close();
});

const isMedia = (packet: Buffer): boolean => (packet[1] ?? 0) < 192 || (packet[1] ?? 0) > 223;

describe("a session of a client that asks for one to resume", () => {
  test("is taken over by a new connection with its token: the same handler sends to it, and the place is counted once", async () => {
    const first = client();
    const { session, ...rest } = await first.connect(stream, undefined, true);
    expect(Object.keys(rest)).toEqual(["type", "sdp"]);
    await first.receivesSome(isMedia);
    const second = client(first.id);
    const answer = await second.connect(stream, undefined, { session, attempt: 1 });
    expect(answer.session).toBe(session);
    await second.receivesSome(isMedia);
    expect([contexts.size, stream.health()]).toMatchObject([1, { sessions: 1, connected: 1 }]);
    // And once more, from the new one.
    const third = client(first.id);
    await third.connect(stream, undefined, { session, attempt: 2 });
    await third.receivesSome(isMedia);
    expect(contexts.size).toBe(1);
  });

  test("refuses any other offer for its id as ever, and goes on", async () => {
    const first = client();
    const { session } = await first.connect(stream, undefined, true);
    const used = client(first.id);
    await used.connect(stream, undefined, { session, attempt: 5 });
    const refusal = {
      status: "failed",
      meta: {
        error: "connection_already_exists",
        message: "A connection with this webrtc_id exists already. Make a new id for each connection.",
      },
    };
    const intruder = client(first.id);
    const sdp = await intruder.offer();
    const claims = [undefined, true, { session: "A".repeat(43), attempt: 6 }, { session, attempt: 5 }, { session }];
    for (const resume of claims) {
      expect(await stream.offer({ type: "offer", sdp, webrtc_id: first.id, resume })).toEqual(refusal);
    }
    await used.receivesSome(isMedia);
    expect(contexts.size).toBe(1);
  });

  test("is unknown once it is over", async () => {
    const first = client();
    const { session } = await first.connect(stream, undefined, true);
    await stream.updateConnection(first.id, "closed");
    const resume = { session, attempt: 1 };
    expect(
      await stream.offer({ type: "offer", sdp: await client().offer(), webrtc_id: first.id, resume }),
    ).toMatchObject({ meta: { error: "unknown_connection" } });
    expect(stream.health().sessions).toBe(0);
  });

  test("goes on when the new offer makes no sense", async () => {
    const first = client();
    const { session } = await first.connect(stream, undefined, true);
    const resume = { session, attempt: 1 };
    expect(await stream.offer({ type: "offer", sdp: "v=0", webrtc_id: first.id, resume })).toMatchObject({
      meta: { error: "invalid_sdp" },
    });
    await first.receivesSome(isMedia);
    expect(stream.health()).toMatchObject({ sessions: 1, connected: 1 });
  });
});

test("a client that does not ask is told nothing of it", async () => {
  const reply = await client().connect(stream);
  expect(Object.keys(reply)).toEqual(["type", "sdp"]);
});
