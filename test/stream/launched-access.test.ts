import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { Stream, StreamHandler } from "../../src/index.ts";
import { RecordingLogger } from "../support/recording-logger.ts";

class Silent extends StreamHandler {
  receive(): void {}
  emit(): null {
    return null;
  }
  copy(): Silent {
    return new Silent();
  }
}

test("the built-in server asks who is there as well, for its page, its offers and its WebSockets", async () => {
  const stream = new Stream({
    modality: "audio",
    handler: new Silent(),
    authenticate: ({ headers }) => headers.get("x-user"),
    logger: new RecordingLogger(),
  });
  await using server = await stream.ui.launch({ port: 0, host: "127.0.0.1", printUrl: false, handleSignals: false });
  const status = async (path: string, init: RequestInit = {}): Promise<number> =>
    (await fetch(`${server.url}${path}`, init)).status;
  const upgrade = (headers: Record<string, string>): Promise<number | undefined> =>
    new Promise((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${server.port}/websocket/offer`, { headers });
      socket.once("open", () => {
        socket.terminate();
        resolve(101);
      });
      socket.once("unexpected-response", (_request, response) => {
        response.resume();
        resolve(response.statusCode);
      });
      socket.once("error", () => {}); // Of a refusal it follows.
    });
  const headers = { "x-user": "ada" };
  expect([await status("/"), await status("/webrtc/offer", { method: "POST" }), await upgrade({})]).toEqual([
    401, 401, 401,
  ]);
  expect([await status("/", { headers }), await upgrade(headers)]).toEqual([200, 101]);
  expect(await upgrade({ ...headers, origin: "https://evil.example" })).toBe(403);
});
