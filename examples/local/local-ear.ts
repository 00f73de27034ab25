import { getSileroModel } from "fastrtc";

const SPEECH = 0.5;
const SILENCE = 0.35;
/** Windows of 32 ms with speech, of the latest eight, that begin a turn. */
const WINDOWS_TO_START = 4;
/** Windows of silence that end it. */
const WINDOWS_TO_STOP = 16;

/** Hears when somebody starts and stops to talk, as these services do for themselves. */
export class LocalEar {
  readonly #voice = getSileroModel().createStream();
  readonly #sampleRate: number;
  #waiting = new Float32Array(0);
  #latest: readonly boolean[] = [];
  #silentWindows = 0;
  #heardWindows = 0;
  #talks = false;

  constructor(sampleRate: number) {
    this.#sampleRate = sampleRate;
  }

  /** How long the latest turn was, in seconds. */
  get turnSeconds(): number {
    return (this.#heardWindows * 512) / 16_000;
  }

  /** Hears what follows: 16-bit samples. */
  push(samples: Int16Array): "started" | "stopped" | undefined {
    const heard = resampled(samples, this.#sampleRate, 16_000);
    const all = new Float32Array(this.#waiting.length + heard.length);
    all.set(this.#waiting);
    all.set(
      Float32Array.from(heard, (sample) => sample / 32_768),
      this.#waiting.length,
    );
    let change: "started" | "stopped" | undefined;
    let at = 0;
    for (; at + 512 <= all.length; at += 512) {
      change = this.#take(this.#voice.push(all.subarray(at, at + 512))) ?? change;
    }
    this.#waiting = all.slice(at);
    return change;
  }

  #take(probability: number): "started" | "stopped" | undefined {
    this.#latest = [...this.#latest.slice(-7), probability >= SPEECH];
    this.#silentWindows = probability < SILENCE ? this.#silentWindows + 1 : 0;
    this.#heardWindows += 1;
    if (!this.#talks && this.#latest.filter(Boolean).length >= WINDOWS_TO_START) {
      this.#talks = true;
      this.#heardWindows = WINDOWS_TO_START;
      return "started";
    }
    if (this.#talks && this.#silentWindows >= WINDOWS_TO_STOP) {
      this.#talks = false;
      this.#heardWindows -= WINDOWS_TO_STOP;
      return "stopped";
    }
    return undefined;
  }
}

/** The same sound at another rate, between the samples along straight lines: good enough for a stand-in. */
export function resampled(samples: Int16Array, from: number, to: number): Int16Array {
  if (from === to) return samples;
  return Int16Array.from({ length: Math.floor((samples.length * to) / from) }, (_, index) => {
    const position = (index * from) / to;
    const before = samples[Math.floor(position)] ?? 0;
    const after = samples[Math.floor(position) + 1] ?? before;
    return before + (after - before) * (position % 1);
  });
}
