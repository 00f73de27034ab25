import { once } from "node:events";
import { type WriteStream, createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../async/clock.ts";
import { toError } from "../errors.ts";
import { AudioConverter } from "../media/audio-converter.ts";
import type { AudioFrame } from "../media/audio-frame.ts";
import type { VideoFrame } from "../media/video-frame.ts";
import { writeWavHeader } from "../media/wav.ts";
import type { SessionObserver } from "../session/session-observer.ts";
import { RECORDING_FILES } from "./session-recording.ts";
import { Y4M_FRAME, y4mHeader } from "./y4m.ts";

/** How much may wait for the disk, in bytes; what comes beyond that is left out of the recording. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

export interface SessionRecorderOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly video: boolean;
  readonly maxSeconds: number;
  /** @internal Replaced in tests. */
  readonly maxWaitingBytes?: number;
  /** Told once when the disk cannot be written to; nothing more is recorded then. */
  readonly onFailure: (error: Error) => void;
  /** Told when the peer has gone and all has been written. */
  readonly onDone: () => void;
}

/** Writes down what one peer does. */
export class SessionRecorder implements SessionObserver {
  readonly #options: SessionRecorderOptions;
  readonly #files = new Map<string, WriteStream>();
  readonly #beganMs: number;
  #converter: AudioConverter | undefined;
  #size: { readonly width: number; readonly height: number } | undefined;
  #failed = false;

  /** Makes the folder, too. */
  constructor(options: SessionRecorderOptions) {
    this.#options = options;
    try {
      mkdirSync(options.folder, { recursive: true });
    } catch (thrown) {
      this.#failed = true;
      options.onFailure(toError(thrown));
    }
    this.#beganMs = options.clock.nowMs();
    this.#write(RECORDING_FILES.events, `${JSON.stringify({ type: "recording", version: 1 })}\n`);
  }

  audioFrame(frame: AudioFrame): void {
    if (!this.#goesOn) return;
    const { sampleRate, channels } = frame;
    if (!this.#converter) {
      this.#converter = new AudioConverter({ sampleRate, channels: channels === 1 ? 1 : 2 });
      this.#write(RECORDING_FILES.audio, writeWavHeader({ sampleRate, channels, encoding: "int16" }));
    }
    const converted = this.#converter.push(frame);
    if (!converted) return;
    const samples = converted.toInt16();
    this.#write(
      RECORDING_FILES.audio,
      Uint8Array.from(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength)),
    );
    this.#line({ type: "audio", samples: converted.length });
  }

  videoFrame(frame: VideoFrame): void {
    if (!this.#goesOn || !this.#options.video) return;
    if (!this.#size) {
      this.#size = { width: frame.width, height: frame.height };
      this.#write(RECORDING_FILES.video, y4mHeader({ ...this.#size, fps: 30 }));
    }
    // Senders change their picture's size with the network; a file has one.
    const { width, height } = this.#size;
    const picture = frame.width === width && frame.height === height ? frame : frame.resize(width, height);
    this.#write(RECORDING_FILES.video, Y4M_FRAME);
    this.#write(RECORDING_FILES.video, picture.to("i420"));
    this.#line({ type: "video" });
  }

  message(text: string): void {
    this.#event({ type: "message", text });
  }

  inputs(values: readonly unknown[]): void {
    this.#event({ type: "inputs", values });
  }

  ended(reason: string): void {
    this.#event({ type: "end", reason });
    for (const file of this.#files.values()) file.end();
    if (this.#files.size === 0) this.#options.onDone();
  }

  /** Resolves when all has been written; the peer may still be there, but nothing more is recorded. */
  async close(): Promise<void> {
    this.#failed = true;
    await Promise.all(
      [...this.#files.values()].map(async (file) => {
        if (file.closed) return;
        const closed = once(file, "close");
        file.end();
        await closed;
      }),
    );
  }

  get #elapsedMs(): number {
    return this.#options.clock.nowMs() - this.#beganMs;
  }

  /** How much waits for the disk, in bytes. */
  get waitingBytes(): number {
    let waiting = 0;
    for (const { writableLength } of this.#files.values()) waiting += writableLength;
    return waiting;
  }

  get #goesOn(): boolean {
    const { maxSeconds, maxWaitingBytes = MAX_WAITING_BYTES } = this.#options;
    return !this.#failed && this.waitingBytes < maxWaitingBytes && this.#elapsedMs < maxSeconds * 1000;
  }

  #event(event: object): void {
    if (this.#goesOn) this.#line(event);
  }

  /** Writes an event down whatever waits: media that were written without their line would take the place of the next. */
  #line(event: object): void {
    this.#write(RECORDING_FILES.events, `${JSON.stringify({ ...event, atMs: this.#elapsedMs })}\n`);
  }

  #write(name: string, data: string | Uint8Array): void {
    if (this.#failed) return;
    const file = this.#files.get(name) ?? this.#open(name);
    if (!file.writableEnded) file.write(data);
  }

  #open(name: string): WriteStream {
    const file = createWriteStream(join(this.#options.folder, name));
    file.on("error", (error) => {
      if (!this.#failed) this.#options.onFailure(error);
      this.#failed = true;
    });
    file.once("close", () => {
      if ([...this.#files.values()].every(({ closed }) => closed)) this.#options.onDone();
    });
    this.#files.set(name, file);
    return file;
  }
}
