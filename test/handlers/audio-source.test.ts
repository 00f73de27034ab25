import { describe, expect, test } from "vitest";
import { AudioFrame } from "../../src/media/audio-frame.ts";
import { AdditionalOutputs } from "../../src/session/additional-outputs.ts";
import { CloseStream } from "../../src/session/close-stream.ts";
import { getCurrentContext } from "../../src/session/context.ts";
import { HandlerRun } from "../support/handler-run.ts";
import { turn } from "../support/turn.ts";

function run(handler: unknown, inputs: readonly unknown[] | null = []) {
  return new HandlerRun(handler, { modality: "audio", mode: "receive", inputs });
}

/** 20 ms of sound, every sample of one value. */
const sound = (value: number): AudioFrame =>
  new AudioFrame({ samples: new Int16Array(960).fill(value), sampleRate: 48_000 });

/** The first sample of each packet that was sent. */
const heard = ({ transport }: HandlerRun): number[] => transport.sentAudio.map(({ samples }) => Number(samples[0]));

describe.each([
  [
    "generator",
    (values: readonly number[]) =>
      function* () {
        for (const value of values) yield sound(value);
      },
  ],
  [
    "async generator",
    (values: readonly number[]) =>
      async function* () {
        for (const value of values) {
          await Promise.resolve();
          yield sound(value);
        }
      },
  ],
])("a %s of sound", (_name, make) => {
  test("is heard in real time however fast it is, and its end ends the stream once all has been played", async () => {
    const peer = run(make([1, 2, 3, 4, 5]));
    await turn();
    expect(heard(peer)).toEqual([1]);
    await peer.pass(40);
    expect(heard(peer)).toEqual([1, 2, 3]);
    await peer.pass(50);
    expect([heard(peer), peer.ended]).toEqual([[1, 2, 3, 4, 5], []]);
    await peer.pass(10);
    expect([peer.ended, peer.told]).toEqual([["handler-ended"], ["end_stream: The stream has ended."]]);
    expect(peer.clock.pendingTimers).toBe(0);
  });
});

describe("sound that is only received", () => {
  test("is asked for no more than a second and a piece ahead", async () => {
    let asked = 0;
    const peer = run(function* () {
      for (;;) {
        asked += 1;
        yield sound(asked);
      }
    });
    await turn();
    expect(asked).toBe(52);
    await peer.pass(1000);
    expect(asked).toBe(102);
    await peer.end();
  });

  test("comes in any form, with values beside it", async () => {
    const peer = run(function* () {
      yield [24_000, new Int16Array(480).fill(1000)];
      yield [8000, new Float32Array(320).fill(0.5), "stereo"];
      yield [[48_000, new Int16Array(960).fill(3)], new AdditionalOutputs("three")];
      yield new AdditionalOutputs("alone");
      yield null;
      yield [sound(4), new CloseStream("Over.")];
    });
    await peer.pass(300);
    expect(peer.outputs).toEqual([["three"], ["alone"]]);
    expect(peer.transport.sentAudio.every(({ sampleRate, length }) => sampleRate === 48_000 && length === 960)).toBe(
      true,
    );
    expect(peer.told.at(-1)).toBe("end_stream: Over.");
  });

  test("is closed with its session, also while it waits", async () => {
    const log: string[] = [];
    const playing = run(function* () {
      try {
        for (;;) yield sound(1);
      } finally {
        log.push("closed");
      }
    });
    await playing.pass(100);
    await playing.end();
    const waiting = run(async function* () {
      yield sound(1);
      const { signal } = getCurrentContext();
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      log.push("aborted");
    });
    await waiting.pass(100);
    await waiting.end();
    expect(log).toEqual(["closed", "aborted"]);
    expect(playing.clock.pendingTimers + waiting.clock.pendingTimers).toBe(0);
  });

  test("begins once the inputs are there", async () => {
    const peer = run(function* (value: number) {
      yield sound(value);
    }, null);
    await peer.pass(100);
    expect(peer.told).toEqual(["send_input"]);
    peer.session.inputs.set([7]);
    await turn();
    expect(heard(peer)).toEqual([7]);
    await peer.end();
  });

  test("does not call without end for a generator that gives nothing, or only values", async () => {
    let asked = 0;
    const silent = run(function* () {
      for (;;) {
        asked += 1;
        yield null;
      }
    });
    await silent.pass(100);
    expect(asked).toBe(6);
    await silent.end();
    const talkative = run(function* () {
      for (let index = 0; ; index += 1) yield new AdditionalOutputs(index);
    });
    await talkative.pass(100);
    expect(talkative.outputs).toHaveLength(300);
    await talkative.end();
  });

  test("says what it should be when it is no generator, and what it should give", async () => {
    const none = run(() => 5);
    await turn();
    expect(none.told[0]).toMatch(/^error: The handler gave a number\. In mode 'receive' it is a generator/);
    expect(none.ended).toEqual(["handler-ended"]);
    const bad = run(function* () {
      yield [48_000, [1, 2, 3]];
      yield sound(1);
    });
    await bad.pass(100);
    expect(bad.told[0]).toMatch(/^error: Samples are an Int16Array or a Float32Array, but not an array of 3/);
    expect(heard(bad)).toEqual([1]);
  });

  test("ends with an error of the generator, which the peer is told, once the rest has been played", async () => {
    const peer = run(function* () {
      yield sound(1);
      yield sound(2);
      throw new Error("hoarse");
    });
    await peer.pass(100);
    expect([heard(peer), peer.told]).toEqual([
      [1, 2],
      ["error: hoarse", "end_stream: The stream has ended."],
    ]);
  });
});
