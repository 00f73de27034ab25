import { AdditionalOutputs, type AudioFrame, AudioVideoStreamHandler, StreamHandler, type VideoFrame } from "fastrtc";

/** How many pieces of sound wait to be echoed, a second's worth; the oldest go first. */
const MAX_WAITING = 50;

/** Sends back what it hears. */
export class AudioEcho extends StreamHandler {
  readonly #waiting: AudioFrame[] = [];

  constructor(sampleRate: number) {
    super({ inputSampleRate: sampleRate, outputSampleRate: sampleRate });
  }

  receive(frame: AudioFrame): void {
    this.#waiting.push(frame);
    if (this.#waiting.length > MAX_WAITING) this.#waiting.shift();
  }

  emit(): AudioFrame | null {
    return this.#waiting.shift() ?? null;
  }

  copy(): AudioEcho {
    return new AudioEcho(this.inputSampleRate);
  }
}

/** Sends back what it hears and sees. */
export class AudioVideoEcho extends AudioVideoStreamHandler {
  readonly #sound: AudioFrame[] = [];
  #picture: VideoFrame | null = null;

  receive(frame: AudioFrame): void {
    this.#sound.push(frame);
    if (this.#sound.length > MAX_WAITING) this.#sound.shift();
  }

  emit(): AudioFrame | null {
    return this.#sound.shift() ?? null;
  }

  videoReceive(frame: VideoFrame): void {
    this.#picture = frame;
  }

  videoEmit(): VideoFrame | null {
    const picture = this.#picture;
    this.#picture = null;
    return picture;
  }

  copy(): AudioVideoEcho {
    return new AudioVideoEcho();
  }
}

/** Tells after every tenth piece of sound how many have come. */
export class AudioCounter extends StreamHandler {
  #count = 0;
  #told = 0;

  receive(): void {
    this.#count += 1;
  }

  emit(): AdditionalOutputs | null {
    if (this.#count - this.#told < 10) return null;
    this.#told = this.#count;
    return new AdditionalOutputs(this.#count);
  }

  copy(): AudioCounter {
    return new AudioCounter();
  }
}

/** Throws on everything. */
export class AudioBoom extends StreamHandler {
  receive(): void {
    throw new Error("This handler throws on everything that it hears.");
  }

  emit(): never {
    throw new Error("This handler throws whenever it is asked.");
  }

  copy(): AudioBoom {
    return new AudioBoom();
  }
}

/** A pure tone in pieces of 20 ms. */
export function* tone(frequency: number, seconds: number): Generator<[number, Int16Array], void, undefined> {
  const sampleRate = 24_000;
  const length = sampleRate / 50;
  for (let start = 0; start < seconds * sampleRate; start += length) {
    yield [
      sampleRate,
      Int16Array.from({ length }, (_, at) => 12_000 * Math.sin((2 * Math.PI * frequency * (start + at)) / sampleRate)),
    ];
  }
}
