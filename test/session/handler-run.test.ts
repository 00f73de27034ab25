import { describe, expect, test } from "vitest";
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
});
