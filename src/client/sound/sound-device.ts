import { ClientError } from "../client-error.ts";
import { soundWorkletSource, type PlayerOptions } from "./sound-worklet.ts";

/** How much sound is waited for before the first of a reply is played, in milliseconds. */
const START_MS = 40;
/** More than this is too late for a conversation: pauses are left out until it is less, in milliseconds. */
const LATE_MS = 300;
/** How much sound waits to be played, in milliseconds: where the server does not pace, a whole reply. */
const MAX_WAITING_MS = 120_000;
const MAX_PACED_WAITING_MS = 2000;

export interface SoundDeviceOptions {
  /** Where the processors come from. @default a `blob:` URL */
  readonly workletUrl?: string | URL | undefined;
  readonly channels: 1 | 2;
  readonly isPaced: boolean;
  /** Takes 20 ms of what the microphone hears, as samples of one channel at `sampleRate`. */
  readonly onRecorded: (samples: Float32Array<ArrayBuffer>) => void;
}

/** Records a track and plays pieces of sound, both in a thread of their own. */
export interface SoundDevice {
  /** In hertz: of what is recorded, and of what is to be played. */
  readonly sampleRate: number;
  /** What is played. */
  readonly output: MediaStreamTrack;
  /** Records this track from now on. */
  record(track: MediaStreamTrack): void;
  /** Plays interleaved samples after what waits. */
  play(samples: Float32Array<ArrayBuffer>): void;
  /** Drops what waits. */
  clear(): void;
  /** Harmless when repeated. */
  close(): void;
}

/**
 * Opens the browser's sound.
 * @throws {ClientError} `insecure_context` where pages get no AudioWorklet; `browser_failed` when it does not start.
 */
export async function openSoundDevice(options: SoundDeviceOptions): Promise<SoundDevice> {
  const context = new AudioContext({ latencyHint: "interactive" });
  // The DOM's types do not know of pages outside https and localhost.
  const worklet = context.audioWorklet as AudioWorklet | undefined;
  if (!worklet) {
    await context.close();
    throw new ClientError(
      "insecure_context",
      "The browser plays and records sound only on pages on https or localhost.",
    );
  }
  const own = options.workletUrl === undefined ? blobUrl() : undefined;
  try {
    await worklet.addModule(own ?? String(options.workletUrl));
  } catch (cause) {
    await context.close();
    throw new ClientError(
      "browser_failed",
      "The browser could not load the thread for sound. Allow blob: in the page's script-src, or set soundWorkletUrl.",
      { cause },
    );
  } finally {
    if (own !== undefined) URL.revokeObjectURL(own);
  }
  return new WorkletSoundDevice(context, options);
}

function blobUrl(): string {
  return URL.createObjectURL(new Blob([soundWorkletSource()], { type: "text/javascript" }));
}

class WorkletSoundDevice implements SoundDevice {
  readonly #context: AudioContext;
  readonly #abort = new AbortController();
  readonly output: MediaStreamTrack;
  readonly #recorder: AudioWorkletNode;
  readonly #player: AudioWorkletNode;
  #source: MediaStreamAudioSourceNode | undefined;

  constructor(context: AudioContext, { channels, isPaced, onRecorded }: SoundDeviceOptions) {
    const frames = (ms: number): number => Math.round((context.sampleRate * ms) / 1000);
    const processorOptions: PlayerOptions = {
      channels,
      startFrames: frames(START_MS),
      lateFrames: isPaced ? frames(LATE_MS) : Infinity,
      maxFrames: frames(isPaced ? MAX_PACED_WAITING_MS : MAX_WAITING_MS),
    };
    this.#context = context;
    this.#recorder = new AudioWorkletNode(context, "fastrtc-recorder", { numberOfInputs: 1, numberOfOutputs: 0 });
    const { port } = this.#recorder;
    port.addEventListener("message", ({ data }: MessageEvent<Float32Array<ArrayBuffer>>) => onRecorded(data), {
      signal: this.#abort.signal,
    });
    port.start();
    this.#player = new AudioWorkletNode(context, "fastrtc-player", {
      numberOfInputs: 0,
      outputChannelCount: [channels],
      processorOptions,
    });
    const destination = new MediaStreamAudioDestinationNode(context, { channelCount: channels });
    this.#player.connect(destination);
    const [track] = destination.stream.getAudioTracks();
    if (!track) throw new ClientError("browser_failed", "The browser made no track for the sound.");
    this.output = track;
    // Before the first gesture of the user browsers keep it waiting; then it goes on by itself.
    void context.resume();
  }

  get sampleRate(): number {
    return this.#context.sampleRate;
  }

  record(track: MediaStreamTrack): void {
    this.#source?.disconnect();
    this.#source = this.#context.createMediaStreamSource(new MediaStream([track]));
    this.#source.connect(this.#recorder);
  }

  play(samples: Float32Array<ArrayBuffer>): void {
    this.#player.port.postMessage(samples, [samples.buffer]);
  }

  clear(): void {
    this.#player.port.postMessage("clear", []);
  }

  close(): void {
    if (this.#context.state === "closed") return;
    this.#source?.disconnect();
    this.#abort.abort();
    this.output.stop();
    void this.#context.close();
  }
}
