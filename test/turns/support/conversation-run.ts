import type { AudioFrame } from "../../../src/media/audio-frame.ts";
import type { ConversationEvent, ReplyOnPauseOptions } from "../../../src/turns/reply-on-pause-options.ts";
import type { ReplyFunction } from "../../../src/turns/reply-function.ts";
import { ReplyOnPause } from "../../../src/turns/reply-on-pause.ts";
import { HandlerRun, type HandlerRunOptions } from "../../support/handler-run.ts";
import { loudnessDetector } from "./loudness-detector.ts";

/** How loud the caller speaks. */
const VOICE = 8000;

export interface ConversationRunOptions extends Partial<HandlerRunOptions> {
  readonly options?: ReplyOnPauseOptions<never[]>;
  /** Made instead of a plain ReplyOnPause. */
  readonly make?: (fn: ReplyFunction<never[]>, options: ReplyOnPauseOptions<never[]>) => ReplyOnPause<never[]>;
}

/** A caller and a ReplyOnPause, in time that the test moves. */
export class ConversationRun {
  readonly events: { readonly atMs: number; readonly event: ConversationEvent }[] = [];
  readonly run: HandlerRun;

  constructor(fn: ReplyFunction<never[]>, { options = {}, make, ...run }: ConversationRunOptions = {}) {
    const all: ReplyOnPauseOptions<never[]> = {
      model: loudnessDetector,
      endOfTurnModel: null,
      onEvent: (event) => this.events.push({ atMs: this.nowMs, event }),
      ...options,
    };
    const handler = make ? make(fn, all) : new ReplyOnPause(fn, all);
    this.run = new HandlerRun(handler, { modality: "audio", ...run });
  }

  get nowMs(): number {
    return this.run.clock.nowMs();
  }

  /** The names of what has happened. */
  get happened(): readonly string[] {
    return this.events.map(({ event }) => event.type);
  }

  /** When something happened first, in milliseconds. */
  timeOf(type: ConversationEvent["type"]): number | undefined {
    return this.events.find(({ event }) => event.type === type)?.atMs;
  }

  /** The caller speaks for so long, in real time. */
  speak(ms: number): Promise<void> {
    return this.#sound(ms, VOICE);
  }

  /** The caller is silent for so long. */
  silence(ms: number): Promise<void> {
    return this.#sound(ms, 0);
  }

  /** The samples that were sent to the peer, without silence. */
  get heard(): readonly number[] {
    return this.run.transport.sentAudio.flatMap(({ samples }) => [...samples].filter((sample) => sample !== 0));
  }

  async #sound(ms: number, value: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 20) {
      await this.run.pass(20);
      await this.run.sound(value);
    }
  }
}

/** How long a piece of sound is that is not silent. */
export function voicedMs(audio: AudioFrame): number {
  return (audio.toInt16().filter((sample) => Math.abs(sample) > VOICE / 2).length * 1000) / audio.sampleRate;
}
