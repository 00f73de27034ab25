import { describe, expect, test } from "vitest";
import { videoFunctionHandler, type VideoFunction } from "../../src/handlers/video-function.ts";
import { FramePool } from "../../src/media/frame-pool.ts";
import { VideoFrame } from "../../src/media/video-frame.ts";
import type { CloseReason } from "../../src/session/close-reason.ts";
import { Session } from "../../src/session/session.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { RecordingTransport } from "../support/recording-transport.ts";

function setUp(handler: VideoFunction, { timeLimit }: { timeLimit?: number } = {}) {
  const clock = new ManualClock();
  const logger = new RecordingLogger();
  const transport = new RecordingTransport();
  const ended: CloseReason[] = [];
  const session = new Session({
    id: "peer",
    kind: "loopback",
    handler: videoFunctionHandler(handler, "send-receive"),
    timeLimit,
    logger,
    clock,
    onEnd: (_session, reason) => ended.push(reason),
  });
  session.attach(transport);
  return { clock, logger, transport, ended, session };
}

const pool = new FramePool();
const leased = (timestampUs: number): VideoFrame => VideoFrame.allocate(4, 4, { lease: pool.lease(), timestampUs });

describe("a session", () => {
  test("sends what the handler returns and gives the picture's memory back afterwards", async () => {
    const { session, transport } = setUp((frame) => frame);
    session.connected();
    const [first, second] = [leased(1), leased(2)];
    session.videoFrame(first);
    await transport.sentAtLeast(1);
    session.videoFrame(second);
    await transport.sentAtLeast(2);
    expect(transport.sent).toEqual([first, second]);
    expect(first.lease?.released).toBe(true);
    await session.end("peer-left");
  });

  test("hands a busy handler the newest picture and releases those that it overtook", async () => {
    const seen: (number | undefined)[] = [];
    const gate = makeGate();
    const { session, transport } = setUp(async (frame) => {
      seen.push(frame.timestampUs);
      if (frame.timestampUs === 1) await gate.promise;
      return frame;
    });
    session.connected();
    const frames = [1, 2, 3, 4].map(leased);
    session.videoFrame(frames[0] as VideoFrame);
    await Promise.resolve();
    for (const frame of frames.slice(1)) session.videoFrame(frame);
    expect(frames.map((frame) => frame.lease?.released)).toEqual([false, true, true, false]);
    gate.resolve(undefined);
    await transport.sentAtLeast(2);
    expect(seen).toEqual([1, 4]);
    await session.end("peer-left");
  });

  test("does not hand over a picture that another one follows at once, and skips the one that waited before it", async () => {
    const seen: (number | undefined)[] = [];
    const gate = makeGate();
    const { session, transport } = setUp(async (frame) => {
      seen.push(frame.timestampUs);
      if (frame.timestampUs === 1) await gate.promise;
      return frame;
    });
    session.connected();
    const frames = [1, 2, 3, 4].map(leased);
    const [first, second, third, fourth] = frames as [VideoFrame, VideoFrame, VideoFrame, VideoFrame];
    session.videoFrame(first);
    await Promise.resolve();
    session.videoFrame(second);
    session.videoFrame(third, true);
    expect(frames.map((frame) => frame.lease?.released)).toEqual([false, true, true, false]);
    session.videoFrame(fourth);
    gate.resolve(undefined);
    await transport.sentAtLeast(2);
    expect([seen, session.meter.framesSkipped]).toEqual([[1, 4], 2]);
    await session.end("peer-left");
  });

  test("says once on the log that the handler has not returned for ten seconds, and what to do, without a timer", async () => {
    const gate = makeGate();
    const { session, clock, logger } = setUp(async (frame) => {
      await gate.promise;
      return frame;
    });
    session.connected();
    session.videoFrame(leased(1));
    await Promise.resolve();
    const timers = clock.pendingTimers;
    clock.advance(9_999);
    session.videoFrame(leased(2));
    expect(logger.at("warn")).toEqual([]);
    clock.advance(1);
    session.videoFrame(leased(3));
    session.videoFrame(leased(4));
    expect(logger.at("warn")).toEqual([
      "the handler of session peer has not returned for 10 s, so that its pictures are skipped. " +
        "Give what it waits for a time limit, such as AbortSignal.timeout(5000), or check that it always returns.",
    ]);
    expect(clock.pendingTimers).toBe(timers);
    gate.resolve(undefined);
    await session.end("peer-left");
  });

  test("waits for the transport before it calls the handler again", async () => {
    const seen: (number | undefined)[] = [];
    const { session, transport } = setUp((frame) => {
      seen.push(frame.timestampUs);
      return frame;
    });
    const gate = makeGate();
    transport.onSend = () => gate.promise;
    session.connected();
    session.videoFrame(leased(1));
    await transport.sentAtLeast(1);
    session.videoFrame(leased(2));
    session.videoFrame(leased(3));
    expect(seen).toEqual([1]);
    transport.onSend = () => Promise.resolve();
    gate.resolve(undefined);
    await transport.sentAtLeast(2);
    expect(seen).toEqual([1, 3]);
    await session.end("peer-left");
  });

  test("survives a handler that throws: logged with its stack, told to the peer, next picture served", async () => {
    const boom = new Error("boom");
    const { session, transport, logger } = setUp((frame) => {
      if (frame.timestampUs === 1) throw boom;
      return frame;
    });
    session.connected();
    session.videoFrame(leased(1));
    await Promise.resolve();
    await Promise.resolve();
    session.videoFrame(leased(2));
    await transport.sentAtLeast(1);
    expect(transport.messages).toEqual([{ type: "error", data: "boom" }]);
    expect(logger.lines.find((line) => line.level === "error")?.details).toEqual([boom]);
    await session.end("peer-left");
  });

  test("survives a handler that returns a picture whose memory was given back", async () => {
    let kept: VideoFrame | undefined;
    const { session, transport } = setUp((frame) => (kept ??= frame));
    transport.onSend = async (frame) => void frame.planes;
    session.connected();
    session.videoFrame(leased(1));
    await transport.sentAtLeast(1);
    session.videoFrame(leased(2));
    await transport.sentAtLeast(2);
    session.videoFrame(leased(3));
    await transport.sentAtLeast(3);
    expect(transport.messages).toEqual([{ type: "error", data: expect.stringContaining("frame.clone()") }]);
    await session.end("peer-left");
  });

  test("ends a peer that never connects after 30 seconds, however alive", () => {
    const { session, clock, ended } = setUp((frame) => frame);
    for (let second = 0; second < 29; second += 1) {
      clock.advance(1000);
      session.progress();
    }
    expect(ended).toEqual([]);
    clock.advance(1000);
    expect(ended).toEqual(["connect-timeout"]);
  });

  test("ends a peer that is not heard of while connecting within 10 seconds", () => {
    const { clock, ended } = setUp((frame) => frame);
    clock.advance(10_000);
    expect(ended).toEqual(["connect-timeout"]);
  });

  test("counts the time limit from the connection, and says so to the peer before it closes", async () => {
    const { session, transport, clock, ended } = setUp((frame) => frame, { timeLimit: 5 });
    clock.advance(4000);
    session.connected();
    clock.advance(4999);
    expect(ended).toEqual([]);
    clock.advance(1);
    await session.end("peer-left");
    expect(ended).toEqual(["time-limit"]);
    expect(transport.messages).toEqual([{ type: "end_stream", data: "The time limit was reached." }]);
    expect(transport.closeCount).toBe(1);
    expect(clock.pendingTimers).toBe(0);
  });

  test("ends once, whatever else happens, and leaves no timer and no picture behind", async () => {
    const { session, transport, clock, ended } = setUp((frame) => frame);
    session.connected();
    session.closed("peer-left");
    session.closed("peer-silent");
    await session.end("server-stopped");
    const late = leased(1);
    session.videoFrame(late);
    expect(ended).toEqual(["peer-left"]);
    expect(session.signal.reason).toBe("peer-left");
    expect(transport.closeCount).toBe(1);
    expect(late.lease?.released).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  test("closes a transport that arrives after its end", async () => {
    const { session } = setUp((frame) => frame);
    await session.end("connect-timeout");
    const late = new RecordingTransport();
    session.attach(late);
    expect(late.closeCount).toBe(1);
  });

  test("answers whatever the peer says with what it heard, as FastRTC does", async () => {
    const { session, transport } = setUp((frame) => frame);
    session.message("handshake");
    expect(transport.messages).toEqual([{ type: "log", data: "Server received: handshake" }]);
    await session.end("peer-left");
  });
});

function makeGate(): { promise: Promise<void>; resolve: (value: undefined) => void } {
  let resolve: (value: undefined) => void = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
