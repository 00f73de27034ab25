import { runInSession } from "../session/context.ts";
import { AdditionalOutputs } from "../session/additional-outputs.ts";
import { CloseStream } from "../session/close-stream.ts";
import type { Mode } from "../session/modality.ts";
import type { Emission, GiveEmission, HandlerSession, MediaInput, PushedEmissions } from "../session/peer-handler.ts";
import { isPromiseLike, reportUnlessAbort } from "./attempt.ts";
import { MAX_WITHOUT_REST, parseEmissions } from "./emissions.ts";
import type { MediaKind } from "./emitted.ts";
import { RestTimer } from "./rest-timer.ts";

/** One medium of a handler that takes and gives independently. */
export interface Conversation<Media> {
  readonly kind: MediaKind<Media>;
  readonly mode: Mode;
  /** Aborts when there is nothing more to take or give. */
  readonly signal: AbortSignal;
  /** Takes what the peer sent. The next is given when a promise that it returns has settled. */
  readonly receive: (media: Media) => unknown;
  /** Gives something to send, or null; may wait for it in a promise. */
  readonly emit: () => unknown;
  /** Called with what is sent. */
  readonly onGiven?: () => void;
  /** Called when `signal` has aborted; what it throws ends the session. */
  readonly onEnd?: () => void;
}

/**
 * Calls the two halves of a handler, neither of which waits for the other: `receive` for each thing that comes, `emit` again
 * and again. An error costs one call alone. What has its result at once gets no promise, and no timer of its own: a packet
 * is received, answered and sent in one go.
 */
export function converse<Media>(
  media: MediaInput<Media>,
  session: HandlerSession,
  conversation: Conversation<Media>,
): PushedEmissions<Media> {
  return {
    pushTo: (give) =>
      new Promise((resolve, reject) =>
        new RunningConversation({ media, session, conversation, give, resolve, reject }).begin(),
      ),
  };
}

interface RunningConversationOptions<Media> {
  readonly media: MediaInput<Media>;
  readonly session: HandlerSession;
  readonly conversation: Conversation<Media>;
  readonly give: GiveEmission<Media>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

class RunningConversation<Media> {
  readonly #media: MediaInput<Media>;
  readonly #session: HandlerSession;
  readonly #conversation: Conversation<Media>;
  readonly #give: GiveEmission<Media>;
  readonly #resolve: () => void;
  readonly #reject: (error: unknown) => void;
  readonly #rest: RestTimer;
  readonly #askAgain = (): void => this.#ask();
  readonly #takeOne = (media: Media): Promise<void> | undefined => this.#take(media);
  #forgetInputs: () => void = () => {};
  /** Something happened since `emit` was asked last. */
  #happened = false;
  #isReceiving = false;
  /** `signal` has aborted: to ask it costs more than the rest of a turn. */
  #hasEnded = false;
  /** Emissions without media since there was one, or a rest. */
  #withoutRest = 0;

  constructor({ media, session, conversation, give, resolve, reject }: RunningConversationOptions<Media>) {
    this.#media = media;
    this.#session = session;
    this.#conversation = conversation;
    this.#give = give;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#rest = new RestTimer(session.clock, () => runInSession(this.#session, this.#askAgain));
  }

  /** Within the session's context. */
  begin(): void {
    const { signal, mode } = this.#conversation;
    if (signal.aborted) {
      this.#end();
      return;
    }
    signal.addEventListener("abort", () => this.#end(), { once: true });
    // Whoever sets inputs, twice perhaps, is not kept waiting by the handler.
    this.#forgetInputs = this.#session.inputs.onSet(() => queueMicrotask(() => this.#notify()));
    if (mode !== "receive") {
      this.#media.drain((one) => runInSession(this.#session, this.#takeOne, one));
    }
    if (!this.#hasEnded) this.#ask();
  }

  #end(): void {
    this.#hasEnded = true;
    this.#forgetInputs();
    this.#rest.stop();
    try {
      this.#conversation.onEnd?.();
      this.#resolve();
    } catch (thrown) {
      this.#reject(thrown);
    }
  }

  #take(media: Media): Promise<void> | undefined {
    if (this.#hasEnded) return undefined;
    let received: unknown;
    this.#isReceiving = true;
    try {
      received = this.#conversation.receive(media);
    } catch (thrown) {
      reportUnlessAbort(this.#session, thrown);
    }
    this.#isReceiving = false;
    if (isPromiseLike(received)) return this.#awaitReceived(received);
    this.#notify();
    return undefined;
  }

  async #awaitReceived(received: PromiseLike<unknown>): Promise<void> {
    try {
      await received;
    } catch (thrown) {
      reportUnlessAbort(this.#session, thrown);
    }
    this.#notify();
  }

  #notify(): void {
    this.#happened = true;
    if (this.#rest.isResting && !this.#isReceiving && !this.#hasEnded) {
      this.#rest.end();
      runInSession(this.#session, this.#askAgain);
    }
  }

  /** Asks for something to send until it has to be waited for. */
  #ask(): void {
    while (!this.#hasEnded) {
      this.#happened = false;
      let emitted: unknown;
      try {
        emitted = this.#conversation.emit();
      } catch (thrown) {
        reportUnlessAbort(this.#session, thrown);
      }
      if (isPromiseLike(emitted)) {
        void this.#awaitEmitted(emitted); // It never rejects.
        return;
      }
      const given = this.#handOver(emitted);
      if (given) {
        void given.then(() => this.#goOn()); // Neither does this.
        return;
      }
      if (this.#mustRest()) return;
    }
  }

  async #awaitEmitted(emitted: PromiseLike<unknown>): Promise<void> {
    let value: unknown;
    try {
      value = await emitted;
    } catch (thrown) {
      reportUnlessAbort(this.#session, thrown);
    }
    if (this.#hasEnded) return;
    const given = this.#handOver(value);
    if (given) await given;
    this.#goOn();
  }

  #goOn(): void {
    if (!this.#mustRest()) this.#ask();
  }

  /** Whether the handler is left alone until something happens: it had nothing to give, or no media for long. */
  #mustRest(): boolean {
    if (this.#withoutRest < MAX_WITHOUT_REST) return false;
    this.#withoutRest = 0;
    if (this.#happened || this.#hasEnded) return false;
    this.#rest.begin();
    return true;
  }

  /** Hands over what there is in a value; the promise is for when there is room for the next. */
  #handOver(value: unknown): Promise<void> | undefined {
    const { kind, mode } = this.#conversation;
    const all = parseEmissions(value, kind, this.#session);
    const emissions = mode === "send" ? all.filter((emission) => !isMedia(emission)) : all;
    if (emissions.length === 0) this.#withoutRest = MAX_WITHOUT_REST;
    return this.#handOverFrom(emissions, 0);
  }

  #handOverFrom(emissions: readonly Emission<Media>[], first: number): Promise<void> | undefined {
    for (let index = first; index < emissions.length; index += 1) {
      if (this.#hasEnded) return undefined;
      const emission = emissions[index] as Emission<Media>;
      if (isMedia(emission)) {
        this.#withoutRest = 0;
        this.#conversation.onGiven?.();
      } else {
        this.#withoutRest += 1;
      }
      const given = this.#give(emission);
      if (given)
        return index + 1 < emissions.length ? given.then(() => this.#handOverFrom(emissions, index + 1)) : given;
    }
    return undefined;
  }
}

function isMedia(emission: unknown): boolean {
  return !(emission instanceof AdditionalOutputs || emission instanceof CloseStream);
}
