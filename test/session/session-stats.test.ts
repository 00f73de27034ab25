import { describe, expect, test } from "vitest";
import { videoFunctionHandler, type VideoFunction } from "../../src/handlers/video-function.ts";
import { VideoFrame } from "../../src/media/video-frame.ts";
import { Session } from "../../src/session/session.ts";
import type { TransportStats } from "../../src/session/transport-stats.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { RecordingTransport } from "../support/recording-transport.ts";

class CountingTransport extends RecordingTransport {
  counts: TransportStats = { inbound: {}, outbound: {} };
  stats(): TransportStats {
    return this.counts;
  }
}

function setUp(handler: VideoFunction) {
  const clock = new ManualClock();
  const transport = new CountingTransport();
  const handledMs: number[] = [];
  const session = new Session({
    id: "peer",
    kind: "loopback",
    handler: videoFunctionHandler(handler, "send-receive"),
    logger: new RecordingLogger(),
    clock,
    onEnd: () => {},
    onHandled: (durationMs) => handledMs.push(durationMs),
  });
  session.attach(transport);
  return { clock, transport, session, handledMs };
}

const inVideo = {
  codec: "VP8",
  packets: 0,
  bytes: 0,
  packetsLost: 0,
  frames: 0,
  keyframes: 1,
  framesDropped: 0,
  framesShed: 0,
  nacks: 0,
};
const picture = (): VideoFrame => VideoFrame.allocate(64, 48);
/** Lets everything go on that waits for nothing but its turn. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("the statistics of a session", () => {
  test("say that nothing is known before the connection", async () => {
    const { session, clock } = setUp((frame) => frame);
    clock.advance(100);
    expect(session.stats()).toEqual({
      webrtcId: "peer",
      transport: "loopback",
      state: "connecting",
      connectedMs: 0,
      roundTripMs: undefined,
      availableOutgoingBps: undefined,
      pacerMs: undefined,
      inbound: {},
      outbound: {},
      processing: { decode: undefined, queue: undefined, handler: undefined, encode: undefined },
    });
    await session.end("peer-left");
  });

  test("tell queue and handler apart", async () => {
    const { session, clock, handledMs } = setUp((frame) => {
      clock.advance(40);
      return frame;
    });
    session.connected();
    await settle();
    session.videoFrame(picture());
    await settle();
    const { processing } = session.stats();
    expect(processing.queue).toEqual({ count: 1, meanMs: 0, p95Ms: 0, maxMs: 0 });
    expect(processing.handler).toEqual({ count: 1, meanMs: 40, p95Ms: 40, maxMs: 40 });
    expect(handledMs).toEqual([40]);
    await session.end("peer-left");
  });

  test("time a handler that returns nothing, until it asks for the next picture", async () => {
    const { session, clock, handledMs } = setUp(() => {
      clock.advance(7);
      return null;
    });
    session.connected();
    await settle();
    session.videoFrame(picture());
    await settle();
    expect(handledMs).toEqual([7]);
    await session.end("peer-left");
  });

  test("count the pictures that gave way to newer ones, and how long those waited that did not", async () => {
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    const { session, clock } = setUp(async (frame) => {
      await gate;
      return frame;
    });
    session.connected();
    await settle();
    session.videoFrame(picture());
    await settle();
    for (let index = 0; index < 3; index += 1) {
      clock.advance(10);
      session.videoFrame(picture());
    }
    clock.advance(5);
    open();
    await settle();
    const { inbound, processing } = session.stats();
    expect(inbound.video).toBeUndefined();
    expect(session.meter.framesSkipped).toBe(2);
    expect(processing.queue?.maxMs).toBe(5);
    expect(processing.handler?.maxMs).toBe(35);
    await session.end("peer-left");
  });

  test("make rates of what the transport counts", async () => {
    const { session, clock, transport } = setUp((frame) => frame);
    session.connected();
    await settle();
    const read = (seconds: number) => {
      transport.counts = {
        inbound: {
          video: {
            ...inVideo,
            packets: 90 * seconds,
            packetsLost: 10 * seconds,
            bytes: 125_000 * seconds,
            frames: 30 * seconds,
            keyframeRequests: 2,
          },
        },
        outbound: {
          audio: { codec: "opus", packets: 50 * seconds, bytes: 4000 * seconds, fractionLost: 0.5 },
        },
        roundTripMs: 20,
      };
      return session.stats();
    };
    for (let index = 0; index < 30; index += 1) {
      clock.advance(100);
      session.videoFrame(picture());
      await settle();
    }
    const stats = read(3);
    expect(stats.connectedMs).toBe(3000);
    expect(stats.roundTripMs).toBe(20);
    expect(stats.inbound.video).toEqual({
      ...inVideo,
      packets: 270,
      packetsLost: 30,
      bytes: 375_000,
      frames: 90,
      keyframeRequests: 2,
      bitrateBps: 1_000_000,
      fractionLost: 0.1,
      fps: 10,
      width: 64,
      height: 48,
      framesDecoded: 30,
      framesSkipped: 0,
      freezes: 0,
      freezesMs: 0,
    });
    expect(stats.outbound.audio).toEqual({
      codec: "opus",
      packets: 150,
      bytes: 12_000,
      fractionLost: 0.5,
      bitrateBps: 32_000,
      waitingMs: 0,
    });
    await session.end("peer-left");
  });
});
