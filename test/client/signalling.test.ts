import { expect, it } from "vitest";
import { ClientError } from "../../src/client/client-error.ts";
import { parseRefusal, Signalling } from "../../src/client/signalling.ts";

it.each([
  [{ type: "answer", sdp: "v=0" }, undefined],
  [{ status: "success" }, undefined],
  [
    { status: "failed", meta: { error: "concurrency_limit_reached", limit: 3, message: "Full." } },
    { code: "concurrency_limit_reached", limit: 3, message: "Full." },
  ],
  [{ status: "failed", meta: { error: "unknown_connection" } }, { code: "unknown_connection" }],
  [{ status: "failed", meta: { error: 7, limit: "3", message: "" } }, { code: "unknown" }],
  [{ status: "failed" }, { code: "unknown" }],
  [{ status: "failed", meta: null }, { code: "unknown" }],
])("finds the refusal in %j", (body, refusal) => {
  expect(parseRefusal(body)).toEqual(refusal && { limit: undefined, message: undefined, ...refusal });
});

it.each([
  ["a refusal with status 200", 200, '{"status":"failed","meta":{"error":"x"}}', "refused"],
  ["a refusal with status 400", 400, '{"status":"failed","meta":{"error":"x"}}', "refused"],
  ["a page of HTML", 200, "<!doctype html>", "server_unreachable"],
  ["an error of some proxy", 502, "Bad Gateway", "server_unreachable"],
  ["a JSON error of some framework", 404, '{"detail":"Not Found"}', "server_unreachable"],
  ["JSON that is no object", 200, "null", "server_unreachable"],
  ["an answer without SDP", 200, '{"type":"answer"}', "server_unreachable"],
])("%s makes the offer fail as a ClientError", async (_what, status, body, code) => {
  const offer = signalling(() => Promise.resolve(new Response(body, { status }))).offer("v=0");
  await expect(offer).rejects.toMatchObject({ name: "ClientError", code });
});

it("a server that cannot be reached makes the offer fail as a ClientError with the cause", async () => {
  const cause = new TypeError("Failed to fetch");
  const offer = signalling(() => Promise.reject(cause)).offer("v=0");
  await expect(offer).rejects.toEqual(
    new ClientError(
      "server_unreachable",
      "The server could not be reached. Is it running, and does it let this page ask (CORS, https)?",
      { cause },
    ),
  );
});

function signalling(fetch: () => Promise<Response>): Signalling {
  return new Signalling({
    url: new URL("http://localhost/webrtc/offer"),
    webrtcId: "me",
    signal: new AbortController().signal,
    onCandidateError: () => {},
    fetch,
  });
}
