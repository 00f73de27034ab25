import type { EmittedAudio } from "../../src/handlers/emitted.ts";
import { StreamHandler, type StreamHandlerOptions } from "../../src/handlers/stream-handler.ts";
import { AudioFrame } from "../../src/media/audio-frame.ts";
import { HandlerRun, type HandlerRunOptions } from "./handler-run.ts";

export type Calls = Partial<{
  [Method in "receive" | "emit" | "startUp" | "shutdown" | "triggerResponse"]: (
    handler: StreamHandler,
    frame: AudioFrame,
  ) => unknown;
}>;

/** A handler whose methods are those of a test. Every copy calls the same. */
export class Scripted extends StreamHandler {
  readonly #calls: Calls;
  readonly #options: StreamHandlerOptions;

  constructor(calls: Calls, options: StreamHandlerOptions = {}) {
    super(options);
    this.#calls = calls;
    this.#options = options;
  }

  receive(frame: AudioFrame): void {
    return this.#calls.receive?.(this, frame) as void;
  }

  emit(): EmittedAudio {
    return this.#calls.emit?.(this, SILENCE) as EmittedAudio;
  }

  override startUp(): void {
    return this.#calls.startUp?.(this, SILENCE) as void;
  }

  override shutdown(): void {
    return this.#calls.shutdown?.(this, SILENCE) as void;
  }

  override triggerResponse(): void {
    return this.#calls.triggerResponse?.(this, SILENCE) as void;
  }

  copy(): Scripted {
    return new Scripted(this.#calls, this.#options);
  }
}

/** 20 ms of nothing. */
export const SILENCE = new AudioFrame({ samples: new Int16Array(960), sampleRate: 48_000 });

/** Runs a handler whose methods are these. */
export function run(
  calls: Calls,
  { options, ...rest }: Partial<HandlerRunOptions> & { options?: StreamHandlerOptions } = {},
) {
  return new HandlerRun(new Scripted(calls, options), { modality: "audio", ...rest });
}

/** A sample from the middle of each packet that was sent. */
export const heard = ({ transport }: HandlerRun): number[] =>
  transport.sentAudio.map(({ samples }) => Number(samples[480]));

/** Gives what a list holds, and then null. */
export const fromList = (list: unknown[]) => (): unknown => list.shift() ?? null;
