import { toError } from "../errors.ts";
import { attempt, isAbort, unlessAborted } from "../handlers/attempt.ts";
import { AUDIO, emissionsOf } from "../handlers/emitted.ts";
import { type EmittingIterator, iteratorOf } from "../handlers/emitted-values.ts";
import { AudioFrame } from "../media/audio-frame.ts";
import type { Emission, HandlerSession } from "../session/peer-handler.ts";
import type { Span } from "../session/tracing.ts";
import { type CurrentReply, ReplyInterruption, runInReply } from "./current-reply.ts";
import type { ReplyCancelCause, ReplyPhase } from "./turn-state.ts";

/** Below this much unheard sound a reply has been heard: less than a millisecond is rounding. */
const HEARD_MS = 1;

export interface ReplyOptions {
  readonly session: HandlerSession;
  /** Calls the function. */
  readonly begin: () => unknown;
}

/** One reply on its way: asked for step by step, and cancelled when nobody wants it any more. */
export class Reply implements CurrentReply {
  readonly #session: HandlerSession;
  readonly #begin: () => unknown;
  readonly #span: Span | undefined;
  readonly #abort = new AbortController();
  #state: "new" | "running" | "done" = "new";
  #iterator: EmittingIterator | undefined;
  /** Where its sound begins, among all that was written. */
  #beganMs: number | undefined;
  /** What was given last, which is perhaps not written yet. */
  #upcoming: AudioFrame | undefined;
  #playedMs: number | undefined;

  constructor({ session, begin }: ReplyOptions) {
    this.#session = session;
    this.#begin = begin;
    this.#span = session.trace?.span("fastrtc.turn");
    if (session.signal.aborted) this.#abort.abort(session.signal.reason);
    else session.signal.addEventListener("abort", this.#onSessionEnd, { once: true });
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get playedMs(): number {
    if (this.#playedMs !== undefined) return this.#playedMs;
    return this.#beganMs === undefined ? 0 : Math.max(0, this.#session.playback.heardMs - this.#beganMs);
  }

  /** Whether it has given any sound. */
  get hasSound(): boolean {
    return this.#beganMs !== undefined;
  }

  /** Whether there is nothing more to ask for. */
  get isDone(): boolean {
    return this.#state === "done";
  }

  get phase(): ReplyPhase {
    if (this.#abort.signal.aborted) return "none";
    if (!this.hasSound) return this.isDone ? "none" : "thinking";
    if (!this.isDone || this.#upcoming || this.#session.playback.unheardMs >= HEARD_MS) return "speaking";
    return "none";
  }

  /** What was given before has been taken. */
  taken(): void {
    this.#upcoming = undefined;
  }

  /**
   * The next things to send; undefined when there are none, because it is over. Rejects with what the function throws, and is over
   * then.
   */
  async next(): Promise<readonly Emission<AudioFrame>[] | undefined> {
    if (this.#state === "done") return undefined;
    const [value, isLast] = await this.#step();
    if (isLast) this.#finish();
    if (this.#abort.signal.aborted) return undefined;
    const emissions = emissionsOf(value, AUDIO);
    const sound = emissions.find((emission) => emission instanceof AudioFrame);
    if (sound) {
      this.#beganMs ??= this.#session.playback.writtenMs;
      this.#upcoming = sound;
    }
    return isLast && emissions.length === 0 ? undefined : emissions;
  }

  /** Ends it: its signal aborts, its generator is closed, and nothing more of it is heard. Returns how much was. */
  cancel(cause: ReplyCancelCause): number {
    if (this.#abort.signal.aborted) return this.playedMs;
    const { playedMs } = this;
    this.#playedMs = playedMs;
    this.#session.playback.drop(this.#upcoming);
    this.#abort.abort(new ReplyInterruption(cause, playedMs));
    this.#span?.end({ "fastrtc.turn.cancelled": cause, "fastrtc.turn.played_ms": playedMs });
    this.#close();
    return playedMs;
  }

  readonly #onSessionEnd = (): void => {
    this.#abort.abort(this.#session.signal.reason);
    this.#close();
  };

  /** What the next step gives, and whether it is the last. */
  async #step(): Promise<readonly [value: unknown, isLast: boolean]> {
    try {
      if (this.#state === "new") {
        this.#state = "running";
        const result = await this.#orAbort(() => this.#begin());
        this.#iterator = iteratorOf(result);
        if (this.#abort.signal.aborted) this.#close();
        if (!this.#iterator) return [result, true];
      }
      const iterator = this.#iterator;
      const step = iterator && (await this.#orAbort(() => iterator.next()));
      return step && !step.done ? [step.value, false] : [undefined, true];
    } catch (thrown) {
      this.#span?.failed(toError(thrown));
      this.#finish();
      throw thrown;
    }
  }

  /** Undefined as soon as the reply is cancelled; what fails later because of that, is no failure. */
  async #orAbort<Result>(step: () => Result | PromiseLike<Result>): Promise<Result | undefined> {
    const { signal } = this.#abort;
    let failure: { readonly thrown: unknown } | undefined;
    const stepping = (async () => {
      try {
        const span = this.#span;
        return await (span ? span.run(() => runInReply(this, step)) : runInReply(this, step));
      } catch (thrown) {
        if (!signal.aborted) failure = { thrown };
        else if (!isAbort(thrown, signal)) await attempt(this.#session, () => Promise.reject(thrown));
        return undefined;
      }
    })();
    const result = await unlessAborted(stepping, signal);
    if (failure) throw failure.thrown;
    return result;
  }

  /** Closes the generator. Not waited for: one that waits for what will never come returns only after that. */
  #close(): void {
    const iterator = this.#iterator;
    this.#finish();
    if (!iterator) return;
    void attempt(this.#session, async () => {
      try {
        await runInReply(this, () => iterator.return?.());
      } catch (thrown) {
        if (!isAbort(thrown, this.#abort.signal)) throw thrown;
      }
    });
  }

  #finish(): void {
    this.#state = "done";
    this.#span?.end();
    this.#iterator = undefined;
    this.#session.signal.removeEventListener("abort", this.#onSessionEnd);
  }
}
