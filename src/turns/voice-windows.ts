import { AudioConverter } from "../media/audio-converter.ts";
import type { AudioFrame } from "../media/audio-frame.ts";

export interface VoiceWindowsOptions {
  /** Samples per second of the windows. */
  readonly sampleRate: number;
  /** How many samples a window has. */
  readonly windowSamples: number;
}

/** Cuts sound of any format into the mono windows that a voice detector listens to. */
export class VoiceWindows {
  readonly #converter: AudioConverter;
  readonly #window: Float32Array;
  #filled = 0;

  constructor({ sampleRate, windowSamples }: VoiceWindowsOptions) {
    this.#converter = new AudioConverter({ sampleRate, channels: 1 });
    this.#window = new Float32Array(windowSamples);
  }

  /** The windows that a piece of sound completes. They share their memory: each is to be used before the next is asked for. */
  *push(frame: AudioFrame): Generator<Float32Array, void, undefined> {
    const samples = this.#converter.push(frame)?.toFloat32();
    if (!samples) return;
    let taken = 0;
    while (taken < samples.length) {
      const part = samples.subarray(taken, taken + this.#window.length - this.#filled);
      this.#window.set(part, this.#filled);
      this.#filled += part.length;
      taken += part.length;
      if (this.#filled < this.#window.length) return;
      this.#filled = 0;
      yield this.#window;
    }
  }
}
