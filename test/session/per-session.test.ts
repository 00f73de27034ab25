import { describe, expect, test } from "vitest";
import { FastRtcError } from "../../src/errors.ts";
import { videoFunctionHandler } from "../../src/handlers/video-function.ts";
import { VideoFrame } from "../../src/media/video-frame.ts";
import { perSession } from "../../src/session/per-session.ts";
import { Session } from "../../src/session/session.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { RecordingTransport } from "../support/recording-transport.ts";

/** A peer whose pictures `handler` gets, one after the other. */
function peer(id: string, handler: () => void) {
  const transport = new RecordingTransport();
  const logger = new RecordingLogger();
  const session = new Session({
    id,
    kind: "loopback",
    handler: videoFunctionHandler((frame) => {
      handler();
      return frame;
    }, "send-receive"),
    logger,
    clock: new ManualClock(),
    onEnd: () => {},
  });
  session.attach(transport);
  session.connected();
  let count = 0;
  return {
    session,
    logger,
    async picture(): Promise<void> {
      count += 1;
      session.videoFrame(VideoFrame.allocate(2, 2));
      await transport.sentAtLeast(count);
    },
  };
}

describe("perSession", () => {
  test("gives each peer its own state, made once, from the context of its session", async () => {
    const made: string[] = [];
    const counter = perSession(({ webrtcId }) => {
      made.push(webrtcId);
      return { id: webrtcId, pictures: 0 };
    });
    const counts: string[] = [];
    const handler = (): void => {
      const state = counter();
      state.pictures += 1;
      counts.push(`${state.id} ${state.pictures}`);
    };
    const peers = [peer("first", handler), peer("second", handler)] as const;
    for (const one of [peers[0], peers[0], peers[1], peers[0]]) await one.picture();
    expect([made, counts]).toEqual([
      ["first", "second"],
      ["first 1", "first 2", "second 1", "first 3"],
    ]);
    await Promise.all(peers.map(({ session }) => session.end("peer-left")));
  });

  test("tells the state, by its signal, when the session ends", async () => {
    const closed: unknown[] = [];
    const resource = perSession(({ signal }) => {
      signal.addEventListener("abort", () => closed.push(signal.reason));
      return undefined; // No state is a state, too, and made once.
    });
    const one = peer("peer", () => resource());
    await one.picture();
    await one.picture();
    await one.session.end("peer-left");
    expect(closed).toEqual(["peer-left"]);
  });

  test("is asked again after it failed", async () => {
    const tries: string[] = [];
    const fragile = perSession(() => {
      tries.push("try");
      if (tries.length === 1) throw new Error("no database");
      return "state";
    });
    const seen: string[] = [];
    const one = peer("peer", () => {
      try {
        seen.push(fragile());
      } catch (thrown) {
        seen.push(String(thrown));
      }
    });
    for (let count = 0; count < 3; count += 1) await one.picture();
    expect([tries.length, seen]).toEqual([2, ["Error: no database", "state", "state"]]);
    await one.session.end("peer-left");
  });

  test("says outside of a handler that it belongs into one", () => {
    expect(perSession(() => 1)).toThrow(
      new FastRtcError(
        "no_session",
        "What perSession() gave was called outside of a handler. Call it from a handler, or from what one calls.",
      ),
    );
  });
});
