import { toError } from "../errors.ts";
import type { EmittedAudio } from "../handlers/emitted.ts";
import { AudioFrame } from "../media/audio-frame.ts";
import { AdditionalOutputs } from "../session/additional-outputs.ts";
import { CloseStream } from "../session/close-stream.ts";
import type { Emission, HandlerSession } from "../session/peer-handler.ts";
import type { ConversationEvent, InterruptedReply } from "./reply-on-pause-options.ts";
import { Reply } from "./reply.ts";
import type { ReplyCancelCause, ReplyPhase } from "./turn-state.ts";
import type { Floor } from "./turn-taker.ts";

export interface RepliesOptions {
  readonly session: HandlerSession;
  /** Calls the reply function. */
  readonly answer: (audio: AudioFrame) => unknown;
  /** Called with the values that a reply gives on the telephone: the next call's arguments. */
  readonly onPhoneOutputs: (outputs: AdditionalOutputs) => void;
  readonly onTurnEnd: () => void;
  readonly onInterrupted?: ((reply: InterruptedReply) => void) | undefined;
  readonly onEvent?: ((event: ConversationEvent) => void) | undefined;
}

/** A peer's replies, one at a time: begun when a turn ends, given out step by step, held, resumed and cancelled. */
export class Replies implements Floor {
  readonly #options: RepliesOptions;
  readonly #session: HandlerSession;
  #reply: Reply | undefined;
  #isAnnounced = false;

  constructor(options: RepliesOptions) {
    this.#options = options;
    this.#session = options.session;
  }

  get replyPhase(): ReplyPhase {
    return this.#reply?.phase ?? "none";
  }

  /** Begins a reply; one before it is cancelled. */
  begin(call: () => unknown): void {
    this.cancelReply("replaced");
    this.#reply = new Reply({ session: this.#session, begin: call });
    this.#isAnnounced = false;
  }

  /** The next thing to send of the reply that goes on; null when there is none. Rejects with what the reply function throws. */
  async next(): Promise<EmittedAudio> {
    const reply = this.#reply;
    reply?.taken();
    if (!reply || reply.isDone) return null;
    const emissions = await reply.next();
    if (!emissions) {
      // A reply without sound is over before it could be announced by its sound.
      if (reply === this.#reply && !reply.signal.aborted) this.#announce();
      return null;
    }
    return this.#emitted(emissions);
  }

  turnStarted(): void {
    this.#log("started_talking");
    this.#tell({ type: "turn-start" });
  }

  turnEnded(audio: AudioFrame): void {
    this.#log("pause_detected");
    this.#tell({ type: "turn-end", durationMs: audio.durationMs });
    this.#options.onTurnEnd();
    this.begin(() => this.#options.answer(audio));
  }

  holdReply(): void {
    this.#session.playback.hold();
    this.#tell({ type: "reply-hold" });
  }

  resumeReply(): void {
    this.#session.playback.resume();
    this.#tell({ type: "reply-resume" });
  }

  cancelReply(cause: ReplyCancelCause): void {
    const reply = this.#reply;
    if (!reply || reply.phase === "none") return;
    const interrupted = { cause, playedMs: reply.cancel(cause) };
    this.#guarded(() => this.#options.onInterrupted?.(interrupted));
    this.#tell({ type: "reply-cancel", ...interrupted });
  }

  failed(thrown: unknown): void {
    this.#session.reportError(toError(thrown));
  }

  #emitted(emissions: readonly Emission<AudioFrame>[]): EmittedAudio {
    const outputs = emissions.find((emission) => emission instanceof AdditionalOutputs);
    const close = emissions.find((emission) => emission instanceof CloseStream);
    const sound = emissions.find((emission) => emission instanceof AudioFrame);
    if (outputs && this.#session.phoneMode) this.#options.onPhoneOutputs(outputs);
    if (sound) this.#announce();
    const beside = outputs ?? close;
    return sound && beside ? [sound, beside] : (sound ?? beside ?? null);
  }

  #announce(): void {
    if (this.#isAnnounced) return;
    this.#isAnnounced = true;
    this.#log("response_starting");
    this.#tell({ type: "reply-start" });
  }

  #log(data: string): void {
    this.#session.sendMessage({ type: "log", data });
  }

  #tell(event: ConversationEvent): void {
    this.#guarded(() => this.#options.onEvent?.(event));
  }

  /** Calls user code that only listens: what it throws is reported, and changes nothing. */
  #guarded(call: () => void): void {
    try {
      call();
    } catch (thrown) {
      this.failed(thrown);
    }
  }
}
