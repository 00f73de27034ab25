import { describe, expect, test } from "vitest";
import { VideoStreamHandler } from "../../src/handlers/video-stream-handler.ts";
import { WebRTCError } from "../../src/errors.ts";
import type { VideoFrame } from "../../src/media/video-frame.ts";
import { AdditionalOutputs } from "../../src/session/additional-outputs.ts";
import { CloseStream } from "../../src/session/close-stream.ts";
import { getCurrentContext } from "../../src/session/context.ts";
import type { Mode } from "../../src/session/modality.ts";
import { HandlerRun, ownPicture } from "../support/handler-run.ts";
import { turn } from "../support/turn.ts";

type Answer = (frame: VideoFrame) => unknown;

/** One function in each of the four shapes. */
const SHAPES: readonly (readonly [name: string, shape: (answer: Answer) => Answer])[] = [
  ["a function", (answer) => answer],
  ["an async function", (answer) => async (frame) => answer(frame)],
  [
    "a generator",
    (answer) =>
      function* (frame) {
        yield answer(frame);
      },
  ],
  [
    "an async generator",
    (answer) =>
      async function* (frame) {
        await Promise.resolve();
        yield answer(frame);
      },
  ],
];

function run(
  handler: unknown,
  { mode = "send-receive", inputs }: { mode?: Mode; inputs?: readonly unknown[] | null } = {},
) {
  return new HandlerRun(handler, { modality: "video", mode, ...(inputs !== undefined && { inputs }) });
}

describe.each(SHAPES)("%s of pictures", (_name, shape) => {
  test("sends back the picture that it gives, and gives the memory of the one it took back", async () => {
    const peer = run(shape((frame) => frame.flip("vertical")));
    const frame = await peer.picture(1);
    expect(peer.sentTimesMs).toEqual([1]);
    expect(peer.transport.sent[0]).not.toBe(frame);
    expect(frame.lease?.released).toBe(true);
    await peer.end();
  });

  test("gives values beside its picture, or alone", async () => {
    const peer = run(
      shape((frame) => {
        const outputs = new AdditionalOutputs(frame.timestampUs);
        return frame.timestampUs === 1000 ? [frame, outputs] : outputs;
      }),
    );
    await peer.picture(1);
    await peer.picture(2);
    expect(peer.outputs).toEqual([[1000], [2000]]);
    expect(peer.sentTimesMs).toEqual([1]);
    expect(peer.told).toEqual(["fetch_output", "fetch_output"]);
    await peer.end();
  });

  test("ends the stream after its last picture, or without one", async () => {
    const last = run(shape((frame) => [frame, new CloseStream("That was all.")]));
    await last.picture(1);
    expect([last.sentTimesMs, last.told, last.ended]).toEqual([[1], ["end_stream: That was all."], ["handler-closed"]]);
    const none = run(shape(() => new CloseStream()));
    await none.picture(1);
    expect([none.sentTimesMs, none.told, none.ended]).toEqual([[], ["end_stream: Stream closed"], ["handler-closed"]]);
  });

  test("sends nothing for null and undefined", async () => {
    const peer = run(shape((frame) => (frame.timestampUs === 1000 ? null : undefined)));
    await peer.picture(1);
    await peer.picture(2);
    expect([peer.sentTimesMs, peer.told]).toEqual([[], []]);
    await peer.end();
  });

  test("costs one picture when it throws, and tells the peer what a WebRTCError says", async () => {
    const peer = run(
      shape((frame) => {
        if (frame.timestampUs === 1000) throw new WebRTCError("Too dark in here.");
        return frame;
      }),
    );
    const failed = await peer.picture(1);
    await peer.picture(2);
    expect([peer.sentTimesMs, peer.told]).toEqual([[2], ["error: Too dark in here."]]);
    expect(failed.lease?.released).toBe(true);
    await peer.end();
  });

  test("is told what to give when it gives something else", async () => {
    const peer = run(shape(() => [1, 2, 3]));
    await peer.picture(1);
    await peer.end();
    expect(peer.told[0]).toMatch(/^error: The handler gave an array of 3\. Give a VideoFrame, for example frame\.flip/);
  });

  test("in mode send: its pictures are ignored, what it gives beside them is not", async () => {
    const peer = run(
      shape((frame) => [frame, new AdditionalOutputs("seen")]),
      { mode: "send" },
    );
    await peer.picture(1);
    expect([peer.sentTimesMs, peer.outputs]).toEqual([[], [["seen"]]]);
    await peer.end();
  });
});

describe("a generator called for each picture", () => {
  test("sends its pictures in their time, the first at once, those without a time as taken with the peer's", async () => {
    const peer = run(function* (frame: VideoFrame) {
      yield frame;
      yield ownPicture();
      yield frame.withTimestamp(7_000_000);
    });
    await peer.picture(5);
    expect(peer.sentTimesMs).toEqual([5]);
    await peer.pass(30);
    expect(peer.sentTimesMs).toEqual([5]);
    await peer.pass(10);
    expect(peer.sentTimesMs).toEqual([5, 5]);
    await peer.pass(40);
    expect(peer.sentTimesMs).toEqual([5, 5, 7000]);
    await peer.end();
  });

  test("may be endless and never give a picture, and is closed when the session ends", async () => {
    const log: string[] = [];
    const peer = run(function* (_frame: VideoFrame) {
      try {
        for (;;) {
          log.push("asked");
          yield null;
        }
      } finally {
        log.push("closed");
      }
    });
    await peer.picture(1);
    await peer.pass(100);
    // Its times are 0, 33, 67 and 100 ms, and it is asked one ahead.
    expect(log).toEqual(["asked", "asked", "asked", "asked", "asked"]);
    await peer.end();
    expect(log.at(-1)).toBe("closed");
    expect(peer.clock.pendingTimers).toBe(0);
  });

  test("is closed after CloseStream, and when the session ends while it waits for what will never come", async () => {
    const log: string[] = [];
    const closing = run(function* (_frame: VideoFrame) {
      try {
        yield new CloseStream();
      } finally {
        log.push("closed");
      }
    });
    await closing.picture(1);
    expect(log).toEqual(["closed"]);
    const waiting = run(async function* (_frame: VideoFrame) {
      yield null;
      await new Promise<never>((_resolve, reject) => {
        const { signal } = getCurrentContext();
        signal.addEventListener("abort", () => {
          log.push("aborted");
          reject(signal.reason);
        });
      });
    });
    const frame = await waiting.picture(1);
    await waiting.pass(50);
    await waiting.end();
    expect(log).toEqual(["closed", "aborted"]);
    expect(frame.lease?.released).toBe(true);
    expect(waiting.logger.lines.filter(({ level }) => level === "error")).toEqual([]);
  });
});

describe("additional inputs of a function of pictures", () => {
  test("follow the picture, as they are at each call", async () => {
    const peer = run((frame: VideoFrame, ...inputs: unknown[]) => new AdditionalOutputs(frame.timestampUs, ...inputs), {
      inputs: [1, "a"],
    });
    await peer.picture(1);
    peer.session.inputs.set([2, "b"]);
    await peer.picture(2);
    expect(peer.outputs).toEqual([
      [1000, 1, "a"],
      [2000, 2, "b"],
    ]);
    await peer.end();
  });

  test("are asked for where they have no default; until they are there pictures go back unchanged", async () => {
    const peer = run((frame: VideoFrame, text: string) => [frame.flip("vertical"), new AdditionalOutputs(text)], {
      inputs: null,
    });
    expect(peer.told).toEqual(["send_input"]);
    const first = await peer.picture(1);
    expect(peer.transport.sent).toEqual([first]);
    peer.session.inputs.set(["now"]);
    await peer.picture(2);
    expect(peer.outputs).toEqual([["now"]]);
    expect(peer.told).toEqual(["send_input", "fetch_output"]);
    await peer.end();
  });

  test("are waited for in mode send, too, where no picture goes back", async () => {
    const peer = run((_frame: VideoFrame, text: string) => new AdditionalOutputs(text), { inputs: null, mode: "send" });
    await peer.picture(1);
    peer.session.inputs.set(["now"]);
    await peer.picture(2);
    expect([peer.sentTimesMs, peer.outputs]).toEqual([[], [["now"]]]);
    await peer.end();
  });
});

describe("a VideoStreamHandler", () => {
  test("with skipFrames: false gets every picture while it is busy, of more than 30 the newest", async () => {
    const gates: (() => void)[] = [];
    const seen: number[] = [];
    const busy = async (frame: VideoFrame): Promise<null> => {
      seen.push(Number(frame.timestampUs) / 1000);
      await new Promise<void>((resolve) => gates.push(resolve));
      return null;
    };
    const peer = run(new VideoStreamHandler(busy, { skipFrames: false }));
    const frames: VideoFrame[] = [];
    for (let index = 0; index < 33; index += 1) frames.push(await peer.picture(index));
    expect(frames.map((frame) => frame.lease?.released).filter(Boolean)).toHaveLength(2);
    for (let index = 0; index < 31; index += 1) {
      gates.at(-1)?.();
      await turn();
    }
    expect(seen).toEqual([0, ...Array.from({ length: 30 }, (_, index) => index + 3)]);
    await peer.end();
  });

  test("without it gets the newest alone", async () => {
    const gates: (() => void)[] = [];
    const seen: number[] = [];
    const peer = run(
      new VideoStreamHandler(async (frame: VideoFrame) => {
        seen.push(Number(frame.timestampUs) / 1000);
        await new Promise<void>((resolve) => gates.push(resolve));
      }),
    );
    for (let index = 0; index < 33; index += 1) await peer.picture(index);
    gates[0]?.();
    await turn();
    expect(seen).toEqual([0, 32]);
    gates[1]?.();
    await peer.end();
  });

  test.each([
    { camera: 60, fps: 30, taken: 30 },
    { camera: 60, fps: 15, taken: 15 },
    { camera: 30, fps: 30, taken: 30 },
    { camera: 24, fps: 30, taken: 24 },
  ])("takes $taken of $camera pictures a second with fps $fps", async ({ camera, fps, taken }) => {
    let count = 0;
    const peer = run(new VideoStreamHandler(() => void (count += 1), { fps }));
    for (let index = 0; index < 10 * camera; index += 1) await peer.picture((index * 1000) / camera + (index % 3));
    expect(count - 10 * taken).toBeLessThanOrEqual(1);
    expect(count).toBeGreaterThanOrEqual(10 * taken);
    await peer.end();
  });

  test("refuses options that mean nothing", () => {
    const handler = (frame: VideoFrame): VideoFrame => frame;
    expect(() => new VideoStreamHandler(handler, { fps: 0 })).toThrow("fps is a number of pictures a second above 0");
    expect(() => new VideoStreamHandler(handler, { fps: Number.NaN })).toThrow("not NaN");
    expect(() => new VideoStreamHandler(handler, { skipFrames: "no" as never })).toThrow("skipFrames is true or false");
    expect(() => new VideoStreamHandler({} as never)).toThrow("takes a function");
  });
});
