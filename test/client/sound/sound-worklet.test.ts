import { describe, expect, it } from "vitest";
import {
  defineSoundProcessors,
  type PlayerOptions,
  type SoundProcessor,
  soundWorkletSource,
} from "../../../src/client/sound/sound-worklet.ts";

const RATE = 8000;

/** The thread of sound, at 8 kHz. */
function thread() {
  const processors = new Map<string, new (options: { processorOptions: PlayerOptions }) => SoundProcessor>();
  const posted: Float32Array[] = [];
  const port = Object.assign(new EventTarget(), {
    start: () => undefined,
    postMessage: (piece: Float32Array) => posted.push(piece),
  });
  class AudioWorkletProcessor {
    readonly port = port as unknown as MessagePort;
  }
  defineSoundProcessors(
    { AudioWorkletProcessor, registerProcessor: (name, processor) => processors.set(name, processor) },
    RATE,
  );
  const make = (name: string, options: Partial<PlayerOptions> = {}): SoundProcessor => {
    const Processor = processors.get(name);
    if (!Processor) throw new Error(`There is no ${name}.`);
    const defaults = { channels: 1, startFrames: 4, lateFrames: Infinity, maxFrames: 1000 };
    return new Processor({ processorOptions: { ...defaults, ...options } });
  };
  const post = (data: Float32Array | "clear"): void => {
    port.dispatchEvent(Object.assign(new Event("message"), { data }));
  };
  return { make, post, posted };
}

/** The next samples that are played, of the first channel. */
function play(player: SoundProcessor, count: number): number[] {
  const output = new Float32Array(count);
  player.process([], [[output]]);
  return [...output];
}

const piece = (...samples: number[]): Float32Array => Float32Array.from(samples);

describe("the player", () => {
  it("waits until it has some in hand, and then plays all in a row", () => {
    const { make, post } = thread();
    const player = make("fastrtc-player");
    post(piece(0.25, 0.5));
    expect(play(player, 2)).toEqual([0, 0]);
    post(piece(0.75, 1));
    expect([...play(player, 3), ...play(player, 2)]).toEqual([0.25, 0.5, 0.75, 1, 0]);
  });

  it("has more in hand after it ran dry", () => {
    const { make, post } = thread();
    const player = make("fastrtc-player");
    post(piece(1, 1, 1, 1));
    play(player, 8);
    post(piece(0.5, 0.5, 0.5, 0.5));
    expect(play(player, 1)).toEqual([0]);
    post(piece(0.5, 0.5));
    expect(play(player, 1)).toEqual([0.5]);
  });

  it("is silent at once when it is cleared", () => {
    const { make, post } = thread();
    const player = make("fastrtc-player");
    post(piece(1, 1, 1, 1));
    play(player, 1);
    post("clear");
    expect(play(player, 3)).toEqual([0, 0, 0]);
    post(piece(0.5, 0.5, 0.5, 0.5));
    expect(play(player, 1)).toEqual([0.5]);
  });

  it("leaves out quiet pieces when it is late, and no others", () => {
    const { make, post } = thread();
    const player = make("fastrtc-player", { lateFrames: 4 });
    for (const level of [0.5, 0, 0.5, 0, 0.25]) post(piece(level, level));
    expect(play(player, 8)).toEqual([0.5, 0.5, 0.5, 0.5, 0, 0, 0.25, 0.25]);
  });

  it("drops the oldest of what is too much", () => {
    const { make, post } = thread();
    const player = make("fastrtc-player", { maxFrames: 4 });
    for (const level of [0.25, 0.5, 1]) post(piece(level, level));
    expect(play(player, 5)).toEqual([0.5, 0.5, 1, 1, 0]);
  });

  it("plays two channels apart, and one on both sides", () => {
    const { make, post } = thread();
    const player = make("fastrtc-player", { channels: 2 });
    post(piece(0.25, 0.5, 0.25, 0.5, 0.25, 0.5, 0.25, 0.5));
    const [left, right] = [new Float32Array(2), new Float32Array(2)];
    player.process([], [[left, right]]);
    expect([[...left], [...right]]).toEqual([
      [0.25, 0.25],
      [0.5, 0.5],
    ]);
    const mono = thread();
    const both = mono.make("fastrtc-player");
    mono.post(piece(1, 1, 1, 1));
    both.process([], [[left, right]]);
    expect([...right]).toEqual([1, 1]);
  });
});

describe("the recorder", () => {
  it("posts 20 ms at a time, the mean of the channels", () => {
    const { make, posted } = thread();
    const recorder = make("fastrtc-recorder");
    const [left, right] = [new Float32Array(100).fill(0.5), new Float32Array(100).fill(0)];
    for (let count = 0; count < 4; count += 1) recorder.process([[left, right]], []);
    expect(posted.map((samples) => [samples.length, samples[0], samples[159]])).toEqual([
      [160, 0.25, 0.25],
      [160, 0.25, 0.25],
    ]);
  });

  it("rests while nothing is connected", () => {
    const { make, posted } = thread();
    expect(make("fastrtc-recorder").process([[]], [])).toBe(true);
    expect(posted).toEqual([]);
  });
});

it("the text of the thread's module defines the same, with nothing from around it", () => {
  const names: string[] = [];
  const scope = {
    AudioWorkletProcessor: class {
      readonly port = null;
    },
    registerProcessor: (name: string) => names.push(name),
  };
  // oxlint-disable-next-line typescript/no-implied-eval -- a browser's worklet does the same with it
  const run = new Function("globalThis", "sampleRate", soundWorkletSource()) as (...given: unknown[]) => void;
  run(scope, RATE);
  expect(names).toEqual(["fastrtc-recorder", "fastrtc-player"]);
});
