import { expect, it, vi } from "vitest";
import { type LoopbackPageOptions, loopbackPage } from "../transports/webrtc/loopback-page.ts";
import type { PassthroughPeerOptions } from "../transports/webrtc/passthrough-peer.ts";
import { startPassthroughServer } from "../transports/webrtc/passthrough-server.ts";
import { launchChromium } from "./chromium.ts";

async function echoOnce(page: LoopbackPageOptions, options: PassthroughPeerOptions = {}) {
  await using server = await startPassthroughServer(loopbackPage(page), () => options);
  await using chromium = await launchChromium();
  const tab = await chromium.browser.newPage();
  await tab.goto(server.url);
  await vi.waitUntil(() => server.reports.length > 0, { timeout: 30_000 });
  const [peer] = server.peers;
  return { report: server.reports[0], peer, stats: peer?.transport.stats(), pair: peer?.transport.selectedPair() };
}

it("sends Chromium its own H.264 pictures back, with a data channel beside them", async () => {
  const { report, peer, stats } = await echoOnce({});
  expect(report).toMatchObject({ codec: "video/H264", width: 640, height: 480, echoes: ["hello", "handshake"] });
  expect(peer?.messages).toEqual(["handshake"]);
  expect(peer?.errors).toEqual([]);
  expect(peer?.states).toEqual(["connected", "closed"]);
  expect(stats).toMatchObject({ packetsInvalid: 0, packetsShed: 0 });
});

it("sends Chromium its own VP8 pictures back when it offers no H.264", async () => {
  const { report } = await echoOnce({ videoCodecs: ["video/VP8", "video/rtx"], audio: true }, { audio: true });
  expect(report).toMatchObject({ codec: "video/VP8", width: 640, height: 480 });
});

it("leaves Chromium's microphone silent when only pictures are wanted", async () => {
  const { report, peer } = await echoOnce({ audio: true });
  expect(report).toMatchObject({ codec: "video/H264", width: 640 });
  expect(peer?.negotiation.outcomes.map(({ type }) => type)).toEqual(["inactive", "media", "data"]);
});

it("serves Chromium through one UDP port on all addresses", async () => {
  const { report, pair } = await echoOnce({}, { bindAddress: undefined, udpMuxPort: 41_989 });
  expect(report).toMatchObject({ codec: "video/H264", width: 640 });
  expect(pair?.local.port).toBe(41_989);
});

it("connects Chromium when it shows none of its own addresses", async () => {
  const { report, peer, pair } = await echoOnce({ trickle: false });
  expect(peer?.negotiation.transport.candidates).toEqual([]);
  expect(report).toMatchObject({ codec: "video/H264", width: 640 });
  expect(pair?.remote.type).toBe("prflx");
});
