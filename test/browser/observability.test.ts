import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { type SessionStats, Stream } from "../../src/index.ts";
import { parsePrometheus } from "../support/prometheus-parser.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { callUntil, startCall } from "./call.ts";
import { relayCalls } from "./relayed-call.ts";
import { visitPages } from "./visited-pages.ts";

const pages = visitPages();

async function setUp(): Promise<{ stream: Stream; url: string; page: Page }> {
  const stream = new Stream({
    handler: (frame) => frame.flip("vertical"),
    modality: "video",
    metrics: true,
    logger: new RecordingLogger(),
  });
  const server = await stream.ui.launch({ port: 0, printUrl: false, handleSignals: false });
  pages.cleanUp(() => server.close());
  const page = await pages.visit(`${server.url}/healthz`); // A page of the same origin that does nothing itself.
  return { stream, url: server.url, page };
}

describe("stream.stats of a call from Chromium", () => {
  test("tells what goes in and out, and where a picture's time goes", async () => {
    const { stream, url, page } = await setUp();
    await startCall(page, { webrtcId: "me", codecs: ["VP8"] });
    await callUntil(page, ({ frames }) => frames > 30);
    const positive = expect.toSatisfy((value: number) => value > 0);
    const timing = expect.objectContaining({ count: positive, meanMs: positive, p95Ms: positive, maxMs: positive });
    await expect
      .poll(() => stream.stats("me"))
      .toMatchObject({
        transport: "webrtc",
        state: "connected",
        connectedMs: positive,
        roundTripMs: positive,
        inbound: {
          video: { codec: "VP8", fps: positive, bitrateBps: positive, width: 640, height: 480, keyframes: positive },
        },
        outbound: {
          video: { codec: "VP8", fps: positive, bitrateBps: positive, width: 640, height: 480, keyframes: positive },
        },
        processing: {
          decode: timing,
          handler: timing,
          encode: timing,
          queue: expect.objectContaining({ count: positive }),
        },
      });
    const metrics = parsePrometheus(await (await fetch(`${url}/metrics`)).text());
    const framesIn = metrics.get("fastrtc_frames_total")?.samples.get('fastrtc_frames_total{direction="in"}');
    expect(framesIn).toBeGreaterThan(30);
  });

  test("tells of losses, and of what was repaired", async () => {
    const { stream, page } = await setUp();
    const paths = await relayCalls(page, { delayMs: 10, loss: 0.1 });
    pages.cleanUp(() => Promise.all(paths.map((path) => path[Symbol.asyncDispose]())));
    await startCall(page, { webrtcId: "me" });
    await callUntil(page, ({ frames }) => frames > 30);
    const inbound = (): SessionStats["inbound"]["video"] => stream.stats("me").inbound.video;
    await expect.poll(() => inbound()?.packetsRepaired, { timeout: 30_000 }).toBeGreaterThan(10);
    expect(inbound()?.packetsLost).toBeGreaterThan(10);
    expect(inbound()?.nacks).toBeGreaterThan(10);
    expect(stream.stats("me").roundTripMs).toBeGreaterThan(15);
    const [report] = paths.map((path) => path.takeReport());
    expect(report?.toServer.lost).toBeGreaterThan(10);
    expect(report?.toClient.lost).toBeGreaterThan(10);
  });
});
