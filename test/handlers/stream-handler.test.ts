import { describe, expect, test } from "vitest";
import { WebRTCError } from "../../src/errors.ts";
import type { StreamHandlerOptions } from "../../src/handlers/stream-handler.ts";
import { AudioFrame } from "../../src/media/audio-frame.ts";
import { AdditionalOutputs } from "../../src/session/additional-outputs.ts";
import { CloseStream } from "../../src/session/close-stream.ts";
import { HandlerRun } from "../support/handler-run.ts";
import { fromList, heard, run, SILENCE } from "../support/scripted-handler.ts";
import { turn } from "../support/turn.ts";

describe.each([
  ["returns", <T>(value: T): T => value],
  ["promises", <T>(value: T): Promise<T> => Promise.resolve(value)],
])("a StreamHandler that %s", (_name, give) => {
  test("echoes: what it receives it may emit at once", async () => {
    const waiting: AudioFrame[] = [];
    const peer = run({
      receive: (_handler, frame) => give(void waiting.push(frame)),
      emit: () => give(waiting.shift() ?? null),
    });
    for (const value of [1, 2, 3]) {
      await peer.sound(value);
      await peer.pass(20);
    }
    expect(heard(peer)).toEqual([1, 2, 3]);
    await peer.end();
  });

  test("emits sound in every form, values, and both", async () => {
    const list = [
      [48_000, new Int16Array(960).fill(1)],
      [48_000, new Float32Array(1920).fill(2 / 32_768), "stereo"],
      new AudioFrame({ samples: new Int16Array(960).fill(3), sampleRate: 48_000 }),
      new AdditionalOutputs("alone"),
      [[48_000, new Int16Array(960).fill(4)], new AdditionalOutputs("beside")],
      [null, new AdditionalOutputs("beside nothing")],
      null,
      undefined,
      [[48_000, new Int16Array(960).fill(5)], new CloseStream("Bye.")],
    ];
    const emit = fromList(list);
    const peer = run({ emit: () => give(emit()) });
    await peer.pass(200);
    expect(peer.outputs).toEqual([["alone"], ["beside"], ["beside nothing"]]);
    // The end comes when all of it has been played.
    expect(heard(peer)).toEqual([1, 2, 3, 4, 5]);
    expect([peer.told.at(-1), peer.ended]).toEqual(["end_stream: Bye.", ["handler-closed"]]);
  });

  test("goes on after errors of receive and emit, which are reported, without calling emit without end", async () => {
    let emitted = 0;
    const received: number[] = [];
    const peer = run({
      receive: async (_handler, { samples: [first] }) => {
        received.push(Number(first));
        await give(undefined);
        if (first === 1) throw new WebRTCError("Say that again.");
      },
      emit: () => {
        emitted += 1;
        throw new Error(`lost my voice`);
      },
    });
    await peer.sound(1);
    await peer.sound(2);
    await peer.pass(100);
    expect(received).toEqual([1, 2]);
    expect(peer.told).toEqual(["error: lost my voice", "error: Say that again."]);
    expect(emitted).toBeLessThan(10);
    await peer.end();
  });

  test("fails as a whole when startUp fails: told, ended, shut down", async () => {
    const log: string[] = [];
    const peer = run({
      startUp: async () => {
        await give(undefined);
        throw new Error("no key");
      },
      emit: () => null,
      shutdown: () => log.push("shutdown"),
    });
    await turn();
    expect([peer.told, peer.ended, log]).toEqual([
      ["error: no key", "end_stream: The stream could not be started."],
      ["handler-failed"],
      ["shutdown"],
    ]);
    expect(peer.clock.pendingTimers).toBe(0);
  });
});

describe("receive", () => {
  test.each([
    { kind: "mono at 16 kHz", options: { inputSampleRate: 16_000 }, length: 320 },
    { kind: "stereo at 48 kHz", options: { expectedLayout: "stereo" as const }, length: 1920 },
    { kind: "mono at 48 kHz", options: {}, length: 960 },
  ])("gets $kind, 16 bits, about as long as what came, and can take it apart", async ({ options, length }) => {
    const frames: AudioFrame[] = [];
    const peer = run({ receive: (_handler, frame) => frames.push(frame) }, { options });
    for (let index = 0; index < 10; index += 1) await peer.sound(1000, index < 5 ? 48_000 : 24_000);
    const [rate, samples] = frames.at(-1) ?? SILENCE;
    const { inputSampleRate = 48_000, expectedLayout = "mono" } = options as StreamHandlerOptions;
    expect(rate).toBe(inputSampleRate);
    expect(samples).toBeInstanceOf(Int16Array);
    expect(frames.at(-1)?.channels).toBe(expectedLayout === "stereo" ? 2 : 1);
    expect(Math.abs(samples.length - length)).toBeLessThanOrEqual(2);
    await peer.end();
  });

  test("is called for one piece at a time; a second's worth waits, of more the oldest are dropped", async () => {
    const gates: (() => void)[] = [];
    const values: number[] = [];
    const peer = run({
      receive: (_handler, { samples: [first] }) => {
        values.push(Number(first));
        return new Promise<void>((resolve) => gates.push(resolve));
      },
    });
    for (let index = 0; index < 53; index += 1) await peer.sound(index);
    expect(values).toEqual([0]);
    for (let index = 0; index < 51; index += 1) {
      gates.at(-1)?.();
      await turn();
    }
    expect(values).toEqual([0, ...Array.from({ length: 50 }, (_, index) => index + 3)]);
    await peer.end();
  });

  test("is not called in mode receive, nor is what it would be given kept", async () => {
    let received = 0;
    const peer = new HandlerRun(
      function* () {
        yield null;
      },
      { modality: "audio", mode: "receive" },
    );
    for (let index = 0; index < 100; index += 1) await peer.sound(1);
    expect(received).toBe(0);
    received += 1;
    await peer.end();
  });
});

describe("emit", () => {
  test("is asked again after null when something was received, inputs were set, or 20 ms have passed", async () => {
    const askedAtMs: number[] = [];
    const peer = run({ emit: () => void askedAtMs.push(peer.clock.nowMs()) });
    await peer.pass(5);
    await peer.sound(1);
    await peer.pass(7);
    peer.session.inputs.set([1]);
    await peer.pass(30);
    expect(askedAtMs).toEqual([0, 5, 12, 32]);
    await peer.end();
  });

  test("is asked at once after null when something was received while it worked", async () => {
    const askedAtMs: number[] = [];
    let finish = (): void => {};
    const peer = run({
      emit: async () => {
        askedAtMs.push(peer.clock.nowMs());
        if (askedAtMs.length === 1) await new Promise<void>((resolve) => (finish = resolve));
        return null;
      },
    });
    await peer.pass(100);
    await peer.sound(1);
    finish();
    await turn();
    expect(askedAtMs).toEqual([0, 100]);
    await peer.end();
  });

  test("may wait as long as it likes: it is not asked again, and the session ends all the same", async () => {
    let asked = 0;
    const log: string[] = [];
    const peer = run({
      emit: () => {
        asked += 1;
        return new Promise<never>(() => {});
      },
      shutdown: () => log.push("shutdown"),
    });
    await peer.pass(1000);
    await peer.end();
    expect([asked, log, peer.clock.pendingTimers]).toEqual([1, ["shutdown"], 0]);
  });

  test("is not asked while more than a second of its sound waits to be played", async () => {
    let asked = 0;
    const peer = run({
      emit: () => {
        asked += 1;
        return [48_000, new Int16Array(24_000)];
      },
    });
    await turn();
    expect(asked).toBe(3);
    await peer.pass(1000);
    expect(asked).toBe(5);
    await peer.end();
  });

  test("cannot flood the peer with values", async () => {
    const peer = run({ emit: () => new AdditionalOutputs(1) });
    await peer.pass(100);
    expect(peer.outputs.length).toBe(300);
    await peer.end();
  });

  test("cannot keep the server busy with sound that is empty, or of a rate that nothing can play", async () => {
    for (const [rate, length] of [
      [48_000, 0],
      [999, 100],
    ]) {
      let asked = 0;
      const peer = run({
        emit: () => {
          asked += 1;
          return [rate, new Int16Array(Number(length))];
        },
      });
      await peer.pass(100);
      expect(asked).toBe(6);
      expect(peer.told).toEqual(rate === 999 ? ["error: Sound has at least 1000 samples a second, but not 999."] : []);
      await peer.end();
    }
  });

  test("in mode send: its sound is ignored, the rest is not", async () => {
    const list: unknown[] = [
      [48_000, new Int16Array(960)],
      [[48_000, new Int16Array(960)], new AdditionalOutputs("heard you")],
      new CloseStream("Enough."),
    ];
    const peer = run({ emit: fromList(list) }, { mode: "send" });
    await peer.pass(100);
    expect([peer.transport.sentAudio, peer.outputs, peer.told.at(-1)]).toEqual([
      [],
      [["heard you"]],
      "end_stream: Enough.",
    ]);
  });

  test("is told what to give when it gives something else", async () => {
    const peer = run({ emit: fromList([new Int16Array(960), [48_000, new Uint8Array(4)]]) });
    await peer.pass(100);
    expect(peer.told).toEqual([
      expect.stringMatching(/^error: The handler gave an object of class Int16Array\. Give \[sampleRate, samples\]/),
      expect.stringMatching(/^error: Samples are an Int16Array or a Float32Array, but not a Uint8Array/),
    ]);
    await peer.end();
  });
});
