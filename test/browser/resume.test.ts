import { expect, test } from "vitest";
import { getCurrentContext, type SessionContext, Stream, type VideoFrame } from "../../src/index.ts";
import { NetworkNamespace } from "../support/network-namespace.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { launchChromium } from "./chromium.ts";
import { ClientPageServer, clientUntil, startClient } from "./client-page.ts";

const HOST = "10.213.7.1";

/** Within this long of the change the picture has to be back, in milliseconds. */
const PICTURE_BACK_MS = 15_000;

test("a page whose address changes goes on with its session and its handler, and the picture is back", async () => {
  await using namespace = await NetworkNamespace.create();
  const cable = await namespace.cable(["10.213.7.2/24"], { there: [`${HOST}/24`] });
  const logger = new RecordingLogger();
  const contexts = new Set<SessionContext>();
  const stream = new Stream({
    handler: (frame: VideoFrame) => {
      contexts.add(getCurrentContext());
      return frame;
    },
    modality: "video",
    concurrencyLimit: 1,
    logger,
  });
  await using server = await ClientPageServer.start(stream, HOST);
  await using chromium = await launchChromium({
    namespace,
    args: [`--unsafely-treat-insecure-origin-as-secure=${server.url}`],
  });
  const page = await chromium.browser.newPage();
  await startClient(page, server.url);
  const before = await clientUntil(page, ({ state, frames }) => state.type === "connected" && frames > 30);

  await namespace.ip(`addr del 10.213.7.2/24 dev ${cable.here}`);
  await namespace.ip(`addr add 10.213.7.3/24 dev ${cable.here}`);
  await clientUntil(page, ({ history }) => history.includes("interrupted"));
  const { frames } = await clientUntil(page, ({ state }) => state.type === "connected" && !state.interrupted);
  const after = await clientUntil(page, (state) => state.frames > frames + 30, PICTURE_BACK_MS);
  expect(after.webrtcId).toBe(before.webrtcId);
  expect(after.history).toEqual(["connecting", "connected", "interrupted", "connected"]);
  expect(after.color[1]).toBeGreaterThan(120);
  expect(contexts.size).toBe(1);
  expect(stream.health()).toMatchObject({ sessions: 1, connected: 1 });
});

test("an ICE restart of a page's own connection goes on with the session; its data channel does not", async () => {
  const logger = new RecordingLogger();
  const contexts = new Set<SessionContext>();
  const stream = new Stream({
    handler: (frame: VideoFrame) => {
      contexts.add(getCurrentContext());
      return frame;
    },
    modality: "video",
    logger,
  });
  await using server = await ClientPageServer.start(stream);
  await using chromium = await launchChromium();
  const page = await chromium.browser.newPage();
  await page.goto(server.url);
  await page.evaluate(async () => {
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d");
    setInterval(() => context?.fillRect(0, 0, Math.random() * 100, 100), 1000 / 30);
    const peer = new RTCPeerConnection();
    const channel = peer.createDataChannel("text");
    for (const track of canvas.captureStream(30).getTracks()) peer.addTransceiver(track);
    const post = async (body: object): Promise<Record<string, string>> => {
      const headers = { "content-type": "application/json" };
      const init = { method: "POST", headers, body: JSON.stringify({ ...body, webrtc_id: "restarting" }) };
      return (await (await fetch("/rtc/webrtc/offer", init)).json()) as Record<string, string>;
    };
    peer.addEventListener("icecandidate", ({ candidate }) => {
      if (candidate) void post({ type: "ice-candidate", candidate: candidate.toJSON() });
    });
    const negotiate = async (resume: unknown): Promise<string | undefined> => {
      await peer.setLocalDescription();
      const { sdp = "", session } = await post({ type: "offer", sdp: peer.localDescription?.sdp, resume });
      await peer.setRemoteDescription({ type: "answer", sdp });
      return session;
    };
    const session = await negotiate(true);
    globalThis.restarting = {
      restart: async () => {
        peer.restartIce();
        await negotiate({ session, attempt: 1 });
      },
      state: async () => {
        const report: Map<string, Record<string, unknown>> = new Map(await peer.getStats());
        const inbound = [...report.values()].find(({ type, kind }) => type === "inbound-rtp" && kind === "video");
        return {
          state: peer.connectionState,
          frames: Number(inbound?.["framesDecoded"] ?? 0),
          ssrc: Number(inbound?.["ssrc"] ?? 0),
          channel: channel.readyState,
        };
      },
    };
  });
  const state = () => page.evaluate(() => globalThis.restarting.state());
  await expect.poll(async () => (await state()).frames, { timeout: 20_000 }).toBeGreaterThan(20);
  const before = await state();
  await page.evaluate(() => globalThis.restarting.restart());
  await expect
    .poll(
      async () => {
        const now = await state();
        return now.state === "connected" && now.ssrc !== before.ssrc && now.frames > 20;
      },
      { timeout: 20_000 },
    )
    .toBe(true);
  expect(contexts.size).toBe(1);
  expect(stream.health()).toMatchObject({ sessions: 1, connected: 1 });
});

declare global {
  // Lives in the page.
  var restarting: {
    restart(): Promise<void>;
    state(): Promise<{ state: string; frames: number; ssrc: number; channel: string }>;
  };
}
