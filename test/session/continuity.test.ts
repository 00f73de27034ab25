import { describe, expect, test } from "vitest";
import { videoFunctionHandler } from "../../src/handlers/video-function.ts";
import { FramePool } from "../../src/media/frame-pool.ts";
import { VideoFrame } from "../../src/media/video-frame.ts";
import type { CloseReason } from "../../src/session/close-reason.ts";
import { SessionRegistry } from "../../src/session/session-registry.ts";
import { Session } from "../../src/session/session.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { RecordingTransport } from "../support/recording-transport.ts";

const pool = new FramePool();
const picture = (timestampUs: number): VideoFrame => VideoFrame.allocate(4, 4, { lease: pool.lease(), timestampUs });

function setUp({ resumable = true, timeLimit }: { resumable?: boolean; timeLimit?: number } = {}) {
  const clock = new ManualClock();
  const ended: CloseReason[] = [];
  const registry = new SessionRegistry(1);
  let seen = 0;
  let made = 0;
  const create = (id: string) => (): Session => {
    made += 1;
    const session: Session = new Session({
      id,
      kind: "loopback",
      // The handler's state is what a takeover keeps.
      handler: videoFunctionHandler((frame) => {
        seen += 1;
        return frame.withTimestamp(seen);
      }, "send-receive"),
      timeLimit,
      logger: new RecordingLogger(),
      clock,
      onEnd: (over, reason) => {
        registry.leave(over);
        ended.push(reason);
      },
    });
    return session;
  };
  const admission = registry.admit("peer", create("peer"));
  if (admission.type !== "admitted") throw new Error(admission.type);
  const { session } = admission;
  const first = new RecordingTransport();
  session.attach(first);
  session.connected();
  if (resumable) session.continuity.allow();
  return { clock, ended, registry, create, session, first, made: () => made };
}

describe("a session whose transport is lost", () => {
  test.each<CloseReason>(["peer-silent", "connection-failed"])("waits 20 s for its peer after %s", (reason) => {
    const { clock, ended, session, first } = setUp();
    session.closed(reason);
    expect([session.state, first.closeCount]).toEqual(["interrupted", 1]);
    clock.advance(19_999);
    expect(ended).toEqual([]);
    clock.advance(1);
    expect(ended).toEqual([reason]);
  });

  test("does not wait for a peer that did not ask for it, or that said goodbye", () => {
    const unasked = setUp({ resumable: false });
    unasked.session.closed("peer-silent");
    expect(unasked.ended).toEqual(["peer-silent"]);
    const left = setUp();
    left.session.closed("peer-left");
    expect(left.ended).toEqual(["peer-left"]);
  });

  test("waits for a peer that says goodbye to its old connection while the new one comes about", () => {
    const { ended, session } = setUp();
    const takeover = session.continuity.begin();
    takeover.attach(new RecordingTransport());
    session.closed("peer-left");
    expect([session.state, ended]).toEqual(["interrupted", []]);
    takeover.connected();
    expect([session.state, ended]).toEqual(["connected", []]);
    session.continuity.begin().abandon();
    takeover.closed("peer-left");
    expect(ended).toEqual(["peer-left"]);
  });

  test("keeps its place for 1.5 s, and then until another peer needs it", () => {
    const { clock, ended, registry, create, session } = setUp();
    session.closed("peer-silent");
    clock.advance(1499);
    expect(registry.admit("other", create("other"))).toEqual({ type: "concurrency_limit_reached", limit: 1 });
    clock.advance(1);
    expect(registry.admit("other", create("other")).type).toBe("admitted");
    expect([ended, registry.size, registry.get("peer")]).toEqual([["peer-silent"], 1, undefined]);
  });

  test("goes on with the same handler once another transport is connected", async () => {
    const { ended, registry, session, first, made } = setUp();
    session.videoFrame(picture(1));
    await first.sentAtLeast(1);
    session.closed("peer-silent");
    session.sendMessage({ type: "log", data: "missed" });

    const takeover = session.continuity.begin();
    const second = new RecordingTransport();
    takeover.attach(second);
    expect(session.state).toBe("interrupted");
    takeover.connected();
    expect(session.state).toBe("connected");
    takeover.videoFrame(picture(2));
    await second.sentAtLeast(1);

    expect(first.sent.map(({ timestampUs }) => timestampUs)).toEqual([1]);
    expect(second.sent.map(({ timestampUs }) => timestampUs)).toEqual([2]);
    expect(second.messages).toEqual([{ type: "log", data: "missed" }]);
    expect([made(), registry.size, ended]).toEqual([1, 1, []]);
    await session.end("peer-left");
    expect([first.closeCount, second.closeCount]).toEqual([1, 1]);
  });

  test("keeps its time limit", () => {
    const { clock, ended, session } = setUp({ timeLimit: 30 });
    clock.advance(15_000);
    session.closed("peer-silent");
    clock.advance(10_000);
    const takeover = session.continuity.begin();
    takeover.attach(new RecordingTransport());
    takeover.connected();
    clock.advance(4999);
    expect(ended).toEqual([]);
    clock.advance(1);
    expect(ended).toEqual(["time-limit"]);
  });

  test("keeps the newest 64 messages for its peer", () => {
    const { session } = setUp();
    session.closed("peer-silent");
    for (let index = 0; index < 70; index += 1) session.sendMessage({ type: "log", data: String(index) });
    const takeover = session.continuity.begin();
    const second = new RecordingTransport();
    takeover.attach(second);
    takeover.connected();
    expect(second.messages.map((message) => "data" in message && message.data)).toEqual(
      Array.from({ length: 64 }, (_, index) => String(index + 6)),
    );
  });
});

describe("a takeover", () => {
  test("of a session whose transport still works leaves that in its place until the new one is connected", async () => {
    const { session, first } = setUp();
    const takeover = session.continuity.begin();
    const second = new RecordingTransport();
    takeover.attach(second);
    const early = picture(7);
    takeover.videoFrame(early);
    expect(early.lease?.released).toBe(true);
    session.videoFrame(picture(1));
    await first.sentAtLeast(1);
    takeover.connected();
    expect([first.closeCount, second.closeCount, session.state]).toEqual([1, 0, "connected"]);
  });

  test("that fails costs the session nothing", () => {
    const { clock, ended, session, first } = setUp();
    const failed = session.continuity.begin();
    const second = new RecordingTransport();
    failed.attach(second);
    failed.closed("connection-failed");
    const late = session.continuity.begin();
    const third = new RecordingTransport();
    late.attach(third);
    clock.advance(15_000);
    late.connected();
    expect([first, second, third].map(({ closeCount }) => closeCount)).toEqual([0, 1, 1]);
    expect([session.state, ended]).toEqual(["connected", []]);
  });

  test("gives way to the next one, and closes a transport that comes too late", () => {
    const { session } = setUp();
    const older = session.continuity.begin();
    const newer = session.continuity.begin();
    const [second, third] = [new RecordingTransport(), new RecordingTransport()];
    older.attach(second);
    newer.attach(third);
    older.connected();
    newer.connected();
    expect([second.closeCount, third.closeCount]).toEqual([1, 0]);
  });

  test("can be followed by others, and by the end", async () => {
    const { ended, session, first } = setUp();
    const transports = [new RecordingTransport(), new RecordingTransport()];
    const takeovers = transports.map((transport) => {
      const takeover = session.continuity.begin();
      takeover.attach(transport);
      takeover.connected();
      return takeover;
    });
    takeovers[0]?.closed("peer-left"); // An echo of a transport that has been replaced.
    expect(ended).toEqual([]);
    takeovers[1]?.closed("peer-left");
    expect(ended).toEqual(["peer-left"]);
    const tooLate = session.continuity.begin();
    const fourth = new RecordingTransport();
    tooLate.attach(fourth);
    await session.end("peer-left");
    expect([first, ...transports, fourth].map(({ closeCount }) => closeCount)).toEqual([1, 1, 1, 1]);
  });
});
