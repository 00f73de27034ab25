import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { AdditionalOutputs, Stream, StreamHandler } from "../../src/index.ts";
import { NativeClient } from "../support/native-client.ts";
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

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

test("a peer that leaves before its connection stands frees its place at once, by its token alone", async () => {
  const stream = new Stream({ modality: "video", handler: (frame) => frame, logger: new RecordingLogger() });
  const client = new NativeClient();
  closing.push(
    () => stream.close(),
    () => client.close(),
  );
  const id = client.id;
  const answer = await stream.offer({ type: "offer", sdp: await client.offer(), webrtc_id: id, resume: true });
  const session = "session" in answer ? answer.session : undefined;
  const leave = (claim: unknown): unknown => stream.offer({ type: "leave", webrtc_id: id, resume: claim });
  expect(await leave({ session: "guessed", attempt: 1 })).toMatchObject({ meta: { error: "unknown_connection" } });
  expect(stream.health().sessions).toBe(1);
  expect(await leave({ session, attempt: 1 })).toEqual({ status: "success" });
  expect(stream.health().sessions).toBe(0);
  expect(await leave({ session, attempt: 2 })).toMatchObject({ meta: { error: "unknown_connection" } });
});

test("a WebSocket, a telephone call and a WebRTC peer take places of the same limit", async () => {
  const stream = new Stream({
    modality: "audio",
    handler: new Silent(),
    concurrencyLimit: 2,
    twilioAuthToken: null,
    logger: new RecordingLogger(),
  });
  const server = createServer();
  stream.mount(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  closing.push(
    () => server.close(),
    () => server.closeAllConnections(),
    () => stream.close(),
  );
  const open = async (path: string, hello: object): Promise<WebSocket> => {
    const socket = new WebSocket(`ws://${host}/${path}`);
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    socket.send(JSON.stringify(hello));
    return socket;
  };
  const first = await open("websocket/offer", { event: "start", websocket_id: "socket" });
  await open("telephone/handler", { event: "start", start: { streamSid: "call" } });
  await expect.poll(() => stream.health().sessions).toBe(2);

  const full = { error: "concurrency_limit_reached", limit: 2 };
  expect(await stream.offer({ type: "offer", sdp: "v=0", webrtc_id: "third" })).toMatchObject({ meta: full });
  const busy = await fetch(`http://${host}/telephone/incoming`, { method: "POST", body: "" });
  expect(await busy.text()).toContain("All lines are busy");
  const refused = await open("websocket/offer", { event: "start", websocket_id: "fourth" });
  const said = await new Promise((resolve) => refused.once("message", (data: Buffer) => resolve(data.toString())));
  expect(JSON.parse(String(said))).toMatchObject({ meta: full });
  expect(await stream.offer({ type: "offer", sdp: "v=0", webrtc_id: "socket" })).toMatchObject({
    meta: { error: "connection_already_exists" },
  });

  first.terminate();
  await expect.poll(() => stream.health().sessions).toBe(1);
  expect(await stream.offer({ type: "offer", sdp: "v=0", webrtc_id: "third" })).toMatchObject({
    meta: { error: "invalid_sdp" },
  });
});

test("a candidate for a connection that has ended is told so, one for a connection that never was, that", async () => {
  const stream = new Stream({
    modality: "video",
    mode: "receive",
    handler: () => new AdditionalOutputs(),
    logger: new RecordingLogger(),
  });
  const client = new NativeClient();
  closing.push(() => client.close());
  await client.connect(stream);
  const candidate = (webrtcId: string) =>
    stream.offer({ type: "ice-candidate", candidate: { candidate: "" }, webrtc_id: webrtcId });
  expect(await candidate(client.id)).toEqual({ status: "success" });
  await stream.updateConnection(client.id, "closed");
  expect(await candidate(client.id)).toMatchObject({ status: "failed", meta: { error: "connection_closed" } });
  expect(await candidate("nobody")).toMatchObject({ status: "failed", meta: { error: "unknown_connection" } });
  await stream.close();
});
