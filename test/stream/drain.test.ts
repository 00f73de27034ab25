import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { Stream, StreamHandler } from "../../src/index.ts";
import { connectPeer } from "../../src/testing/index.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { serveStream } from "../support/served-stream.ts";

class Silent extends StreamHandler {
  receive(): void {}
  emit(): null {
    return null;
  }
  copy(): Silent {
    return new Silent();
  }
}

test("a stream that drains is not ready, turns offers, WebSockets and calls down, and keeps who is there", async () => {
  const stream = new Stream({
    modality: "audio",
    handler: new Silent(),
    concurrencyLimit: 5,
    twilioAuthToken: null,
    logger: new RecordingLogger(),
  });
  await using served = await serveStream(stream);
  const status = async (path: string): Promise<number> => (await fetch(`${served.url}${path}`)).status;
  await expect.poll(() => status("/readyz")).toBe(200); // Once the native parts have been loaded.
  const peer = await connectPeer(stream, { time: "real" });

  const drained = stream.drain({ timeoutS: null });
  const ready = await fetch(`${served.url}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([
    503,
    expect.objectContaining({ status: "draining", sessions: 1 }),
  ]);
  expect(await status("/healthz")).toBe(200);
  const offer = await fetch(`${served.url}/webrtc/offer`, {
    method: "POST",
    body: JSON.stringify({ type: "offer", sdp: "v=0", webrtc_id: "late" }),
  });
  expect([offer.status, await offer.json()]).toEqual([
    503,
    {
      status: "failed",
      meta: {
        error: "server_draining",
        message: "The server is about to stop and takes no new connections. Try again in a moment.",
      },
    },
  ]);
  const socket = new WebSocket(`${served.url.replace("http", "ws")}/websocket/offer`);
  const said = new Promise<Buffer>((resolve) => socket.once("message", resolve));
  socket.once("open", () => socket.send(JSON.stringify({ event: "start", websocket_id: "late" })));
  expect(JSON.parse((await said).toString())).toMatchObject({ status: "failed", meta: { error: "server_draining" } });
  const call = await fetch(`${served.url}/telephone/incoming`, { method: "POST", body: "" });
  expect(await call.text()).toContain("All lines are busy");
  await expect(connectPeer(stream)).rejects.toMatchObject({ code: "connection_refused" });
  expect(stream.health().sessions).toBe(1);
  expect(await stream.metrics().text()).toContain('fastrtc_refused_total{code="server_draining"} 4\n');

  await peer.leave();
  await drained;
});
