import { describe, expect, test } from "vitest";
import { AudioFrame } from "../../src/media/audio-frame.ts";
import type { PeerHandler } from "../../src/session/peer-handler.ts";
import { Session } from "../../src/session/session.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { RecordingTransport } from "../support/recording-transport.ts";

function setUp(handler: PeerHandler) {
  const clock = new ManualClock();
  const logger = new RecordingLogger();
  const session = new Session({ id: "peer", kind: "loopback", handler, logger, clock, onEnd: () => {} });
  session.attach(new RecordingTransport());
  return { clock, logger, session };
}

describe("a handler at work", () => {
  test("is shut down once when its own startUp ends the session", async () => {
    const calls: string[] = [];
    let isDone = (): void => {};
    const done = new Promise<void>((resolve) => (isDone = resolve));
    const { session } = setUp({
      startUp: async () => {
        calls.push("startUp");
        await session.end("server-stopped");
        isDone();
      },
      shutdown: () => void calls.push("shutdown"),
    });
    session.connected();
    await done;
    await new Promise((resolve) => setImmediate(resolve));
    expect(calls).toEqual(["startUp", "shutdown"]);
  });

  test("is shut down, and never started, when the session ends before it is connected", async () => {
    const calls: string[] = [];
    const { session } = setUp({
      startUp: () => void calls.push("startUp"),
      shutdown: () => void calls.push("shutdown"),
    });
    await session.end("peer-left");
    await session.end("peer-left");
    expect(calls).toEqual(["shutdown"]);
  });

  test("is named on the log once when it has kept a piece of sound for ten seconds, and not when it waits for sound", async () => {
    const sound = (): AudioFrame => new AudioFrame({ samples: new Int16Array(960), sampleRate: 48_000 });
    const received: (() => void)[] = [];
    const { session, clock, logger } = setUp({
      audio: (frames) => ({
        pushTo: () => {
          frames.drain(() => new Promise((resolve) => received.push(resolve)));
          return new Promise(() => {});
        },
      }),
    });
    session.connected();
    await Promise.resolve(); // startUp
    session.audioFrame(sound());
    session.audioFrame(sound());
    clock.advance(6000);
    received[0]?.(); // It has come back, and is given the second piece.
    await Promise.resolve();
    session.audioFrame(sound());
    clock.advance(9999);
    session.audioFrame(sound());
    expect([received.length, logger.at("warn")]).toEqual([2, []]);
    clock.advance(1);
    session.audioFrame(sound());
    clock.advance(20_000);
    session.audioFrame(sound());
    expect(logger.at("warn")).toEqual([
      "the handler of session peer has not returned for 10 s, so that sound of its peer is lost. " +
        "Give what it waits for a time limit, such as AbortSignal.timeout(5000), or check that it always returns.",
    ]);
    await session.end("peer-left");
  });

  test("that comes back for each piece of sound at once is never named", async () => {
    const { session, clock, logger } = setUp({
      audio: (frames) => ({
        pushTo: () => {
          frames.drain(() => undefined);
          return new Promise(() => {});
        },
      }),
    });
    session.connected();
    await Promise.resolve(); // startUp
    for (let count = 0; count < 3; count += 1) {
      session.audioFrame(new AudioFrame({ samples: new Int16Array(960), sampleRate: 48_000 }));
      clock.advance(11_000);
    }
    expect(logger.at("warn")).toEqual([]);
    await session.end("peer-left");
  });
});
