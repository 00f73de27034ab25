import { describe, expect, test } from "vitest";
import { VideoStreamHandler } from "../../src/handlers/video-stream-handler.ts";
import type { VideoFrame } from "../../src/media/video-frame.ts";
import { AdditionalOutputs } from "../../src/session/additional-outputs.ts";
import { CloseStream } from "../../src/session/close-stream.ts";
import { getCurrentContext } from "../../src/session/context.ts";
import { HandlerRun, ownPicture } from "../support/handler-run.ts";
import { turn } from "../support/turn.ts";

function run(handler: unknown, inputs: readonly unknown[] | null = []) {
  return new HandlerRun(handler, { modality: "video", mode: "receive", inputs });
}

const rounded = (times: readonly number[]): number[] => times.map((time) => Math.round(time));

describe.each([
  [
    "generator",
    (count: number, log: string[]) =>
      function* () {
        try {
          for (let index = 0; index < count; index += 1) yield ownPicture();
        } finally {
          log.push("closed");
        }
      },
  ],
  [
    "async generator",
    (count: number, log: string[]) =>
      async function* () {
        try {
          for (let index = 0; index < count; index += 1) {
            await Promise.resolve();
            yield ownPicture();
          }
        } finally {
          log.push("closed");
        }
      },
  ],
])("a %s in mode receive", (_name, make) => {
  test("sends 30 pictures a second, evenly, and ends the stream with the last one", async () => {
    const peer = run(make(4, []));
    await peer.pass(90);
    expect(rounded(peer.sentTimesMs)).toEqual([0, 33, 67]);
    expect(peer.ended).toEqual([]);
    await peer.pass(20);
    expect(rounded(peer.sentTimesMs)).toEqual([0, 33, 67, 100]);
    expect(peer.ended).toEqual([]);
    await peer.pass(30);
    expect([peer.ended, peer.told]).toEqual([["handler-ended"], ["end_stream: The stream has ended."]]);
    expect(peer.clock.pendingTimers).toBe(0);
  });

  test("is closed when the session ends", async () => {
    const log: string[] = [];
    const peer = run(make(1000, log));
    await peer.pass(100);
    await peer.end();
    expect(log).toEqual(["closed"]);
  });
});

describe("pictures that are only received", () => {
  test("keep their pace for an hour", async () => {
    const frame = ownPicture();
    let count = 0;
    const peer = run(
      new VideoStreamHandler(
        function* (): Generator<VideoFrame> {
          for (;;) {
            count += 1;
            yield frame;
          }
        },
        { fps: 7 },
      ),
    );
    for (let second = 0; second < 3600; second += 1) {
      for (let step = 0; step < 10; step += 1) {
        peer.clock.advance(100);
        await turn();
      }
      peer.transport.sent.splice(0);
    }
    expect(Math.abs(count - 3600 * 7)).toBeLessThanOrEqual(1);
    await peer.end();
  }, 30_000);

  test("do not hurry after a pause of the generator", async () => {
    const gate: (() => void)[] = [];
    const peer = run(async function* () {
      yield ownPicture();
      await new Promise<void>((resolve) => gate.push(resolve));
      for (;;) yield ownPicture();
    });
    await peer.pass(500);
    gate[0]?.();
    await peer.pass(70);
    expect(rounded(peer.sentTimesMs)).toEqual([0, 500, 533, 567]);
    await peer.end();
  });

  test("keep the times that the generator gave them", async () => {
    const peer = run(function* () {
      yield ownPicture().withTimestamp(5000);
    });
    await turn();
    expect(peer.sentTimesMs).toEqual([5]);
  });

  test("come from a generator that begins once its inputs are there, and is given them", async () => {
    const peer = run(function* (text: string) {
      yield [ownPicture(), new AdditionalOutputs(text, getCurrentContext().webrtcId)];
      yield new CloseStream("Enough.");
    }, null);
    await peer.pass(200);
    expect([peer.told, peer.sentTimesMs]).toEqual([["send_input"], []]);
    peer.session.inputs.set(["begin"]);
    await turn();
    expect([peer.outputs, peer.sentTimesMs]).toEqual([[["begin", "peer"]], [200]]);
    await peer.pass(100);
    expect([peer.told, peer.ended]).toEqual([
      ["send_input", "fetch_output", "end_stream: Enough."],
      ["handler-closed"],
    ]);
  });

  test("come from a function that is called for each, with the inputs of the moment", async () => {
    let count = 0;
    const peer = run((text: string) => [ownPicture(), new AdditionalOutputs(text, (count += 1))], ["a"]);
    await peer.pass(30);
    peer.session.inputs.set(["b"]);
    await peer.pass(70);
    expect(rounded(peer.sentTimesMs)).toEqual([0, 33, 67, 100]);
    expect(peer.outputs.map(([text]) => text)).toEqual(["a", "b", "b", "b"]);
    await peer.end();
  });

  test("end with an error of the generator, which the peer is told", async () => {
    const peer = run(function* () {
      yield ownPicture();
      throw new Error("out of film");
    });
    await peer.pass(100);
    expect([peer.told, peer.ended]).toEqual([
      ["error: out of film", "end_stream: The stream has ended."],
      ["handler-ended"],
    ]);
  });

  test("go on after an error of the function that is called for each", async () => {
    let count = 0;
    const peer = run(() => {
      count += 1;
      if (count === 1) throw new Error("no");
      return ownPicture();
    });
    await peer.pass(100);
    expect(peer.told).toEqual(["error: no"]);
    expect(peer.transport.sent.length).toBeGreaterThan(1);
    await peer.end();
  });

  test("do not keep the session from ending while their generator or inputs are waited for", async () => {
    const stuck = run(() => new Promise<never>(() => {}));
    await stuck.pass(50);
    await stuck.end();
    const waiting = run(function* () {}, null);
    await waiting.end();
    expect([stuck.clock.pendingTimers, waiting.clock.pendingTimers]).toEqual([0, 0]);
    expect([...stuck.logger.lines, ...waiting.logger.lines].filter(({ level }) => level === "error")).toEqual([]);
  });
});
