import { FastRtcError } from "../errors.ts";
import { AudioConverter } from "../media/audio-converter.ts";
import type { AudioFrame, AudioLayout } from "../media/audio-frame.ts";
import { customMessage } from "../protocol/server-message.ts";
import type { HandlerSession } from "../session/peer-handler.ts";
import { checkOptionNames, type OptionNames } from "../session/option-names.ts";
import type { EmittedAudio } from "./emitted.ts";
import type { taken } from "./takes-inputs.ts";

/** What the constructor of a `StreamHandler` takes. */
export interface StreamHandlerOptions {
  /** How many channels `receive` is given, whatever the peer sends. @default "mono" */
  expectedLayout?: AudioLayout;
  /**
   * The sample rate of what is sent where the peer leaves the choice, an integer from 1000 to 384000 per second. What
   * `emit` gives may have any rate. @default 24000
   */
  outputSampleRate?: number;
  /** The sample rate of what `receive` is given, likewise. @default 48000 */
  inputSampleRate?: number;
  /** How many pictures a second `videoEmit` is asked for at most, above 0. @default 30 */
  fps?: number;
}

const OPTION_NAMES: OptionNames<StreamHandlerOptions> = {
  expectedLayout: true,
  outputSampleRate: true,
  inputSampleRate: true,
  fps: true,
};

/** A way to tell the peer something of one's own. */
export interface MessageChannel {
  /** Sends a text as it is; JSON of the form `{"type": ..., "data": ...}` is what front ends expect. */
  send(text: string): void;
}

/**
 * A conversation with a peer by sound. `receive` is called with each piece of the peer's sound, `emit` is asked again and again
 * for something to send; both may return a promise. Each peer has a handler of its own, made by `copy`. What a method throws is
 * reported to the log and the peer, and the next call follows. The type of its additional inputs may be told:
 * `StreamHandler<[threshold: number]>`.
 */
export abstract class StreamHandler<Inputs extends readonly unknown[] = readonly unknown[]> {
  declare readonly [taken]?: (...inputs: Inputs) => void;
  /** How many channels `receive` is given. */
  readonly expectedLayout: AudioLayout;
  /** The sample rate of what is sent where the peer leaves the choice. */
  readonly outputSampleRate: number;
  /** The sample rate of what `receive` is given. */
  readonly inputSampleRate: number;
  /** How many pictures a second `videoEmit` is asked for at most. */
  readonly fps: number;
  /** How often inputs had been set when `reset` was called last. */
  #resetCount = 0;
  #converter: AudioConverter | undefined;

  /** @throws {FastRtcError} `invalid_option` when an option is misspelt or out of its range. */
  constructor(options: StreamHandlerOptions = {}) {
    checkOptionNames(options, { of: "A StreamHandler's constructor", names: OPTION_NAMES, subclassed: true });
    const { expectedLayout = "mono", outputSampleRate = 24_000, inputSampleRate = 48_000, fps = 30 } = options;
    if (expectedLayout !== "mono" && expectedLayout !== "stereo") {
      throw invalid(`expectedLayout is "mono" or "stereo", not ${String(expectedLayout)}.`);
    }
    for (const [name, rate] of Object.entries({ outputSampleRate, inputSampleRate })) {
      if (Number.isInteger(rate) && rate >= 1000 && rate <= 384_000) continue;
      throw invalid(`${name} is an integer from 1000 to 384000 samples a second, not ${String(rate)}.`);
    }
    if (!(fps > 0 && fps <= 1000)) {
      throw invalid(`fps is a number of pictures a second above 0 and at most 1000, not ${String(fps)}.`);
    }
    this.expectedLayout = expectedLayout;
    this.outputSampleRate = outputSampleRate;
    this.inputSampleRate = inputSampleRate;
    this.fps = fps;
  }

  /**
   * Takes a piece of the peer's sound, 16 bits in `inputSampleRate` and `expectedLayout`, about 20 ms long. The next one is
   * given when it is done; a second's worth waits meanwhile, beyond that the oldest is dropped.
   */
  abstract receive(frame: AudioFrame): void | Promise<void>;

  /**
   * Gives the next thing to send: `[sampleRate, samples]`, `[sampleRate, samples, "stereo"]`, an AudioFrame, AdditionalOutputs,
   * CloseStream, a pair of sound and one of these, or null. It may wait for it in a promise. After null it is asked again when
   * something was received or inputs were set, or after 20 ms. While more than a second of its sound waits to be played it is
   * not asked. In mode "send" its sound is ignored, as null; what it gives besides is not.
   */
  abstract emit(): EmittedAudio | void | Promise<EmittedAudio | void>;

  /** Makes the handler of one peer: a new one with nothing of another peer in it. */
  abstract copy(): StreamHandler<Inputs>;

  /**
   * Called once when the peer is connected. It may go on as long as the session, for a connection to another service say:
   * `receive` and `emit` are called meanwhile. When it fails the session ends.
   */
  startUp(): void | Promise<void> {}

  /** Called exactly once when the session has ended, however it ended. */
  shutdown(): void | Promise<void> {}

  /** Answers now instead of waiting for a pause, where the handler can: `stream.triggerResponse(id, ...values)`. */
  triggerResponse?(): void | Promise<void>;

  /**
   * The front end sent a text, on the data channel or the WebSocket, where the handler wants to know: what `connection.send` was given,
   * as JSON unless it was a text. It may be anything that a peer sends.
   */
  onMessage?(text: string): void | Promise<void>;

  /**
   * The caller pressed a key of the telephone (DTMF), where the handler wants to know: one of 0-9, *, # and A-D. Keys come in the
   * order in which they were pressed; one does not wait for what the one before has begun.
   */
  onDtmf?(digit: string): void | Promise<void>;

  /**
   * The additional inputs were set, by the peer or the application, where the handler wants to know at once: it is given what `latestArgs`
   * are now. Called after `startUp` has begun, then also for those that were set before; one call waits for the other, and of what was set
   * meanwhile only the latest is told. What the handler sets itself, by `setArgs`, it is not told.
   */
  onInputs?(...inputs: Inputs): void | Promise<void>;

  /** Aborts when the session ends. @throws {FastRtcError} `no_session` before `startUp`. */
  get signal(): AbortSignal {
    return sessionOf(this, "signal").signal;
  }

  /** Whether the peer is on the telephone: there are no inputs to wait for and nobody reads messages. */
  get phoneMode(): boolean {
    return sessions.get(this)?.phoneMode ?? false;
  }

  /** The way to the peer's front end; null before the session has begun. */
  get channel(): MessageChannel | null {
    const session = sessions.get(this);
    return session ? { send: (text) => session.sendMessage({ type: "custom", text }) } : null;
  }

  /** The additional inputs as they are now: their defaults until they are set, and empty where there are none of these. */
  get latestArgs(): Readonly<Partial<Inputs>> {
    return (sessions.get(this)?.inputs.latest ?? []) as Readonly<Partial<Inputs>>;
  }

  /** Whether the inputs were set, by the peer or the application, since the session began or `reset` was called. */
  get argsSet(): boolean {
    const session = sessions.get(this);
    return session !== undefined && session.inputs.setCount > this.#resetCount;
  }

  /**
   * The additional inputs once they were set: the peer is asked for them if they have not been since the session began or
   * `reset` was called. On the telephone there is nobody to ask, so these are the defaults at once. Rejects when the
   * session ends first.
   */
  async waitForArgs(): Promise<Inputs> {
    const { inputs, signal, phoneMode } = sessionOf(this, "waitForArgs()");
    if (!phoneMode && !this.argsSet) {
      this.fetchArgs();
      await inputs.next(signal);
    }
    return (inputs.latest ?? []) as unknown as Inputs;
  }

  /** Asks the peer for the additional inputs. */
  fetchArgs(): void {
    sessionOf(this, "fetchArgs()").sendMessage({ type: "send_input" });
  }

  /** Sets the additional inputs from within. */
  setArgs(values: Inputs): void {
    sessionOf(this, "setArgs()").inputs.set(values, this);
  }

  /** Has the next `waitForArgs` ask the peer anew. */
  reset(): void {
    this.#resetCount = sessions.get(this)?.inputs.setCount ?? 0;
  }

  /** Tells the peer's front end something: a text as it is, anything else as JSON. `connect()` has it as a `message` of type `custom`. */
  sendMessage(message: string | object): void {
    sessionOf(this, "sendMessage()").sendMessage(customMessage(message));
  }

  /**
   * How much of the sound that was given the peer has not heard yet, in milliseconds: what was given less this is what a service has to
   * be told when the peer interrupts it.
   */
  get unheardMs(): number {
    return sessionOf(this, "unheardMs").playback.unheardMs;
  }

  /** Drops the sound that was given and has not been played yet. */
  clearQueue(): void {
    sessionOf(this, "clearQueue()").clearQueue();
  }

  /**
   * Sound in `inputSampleRate` and `expectedLayout`, without a seam between one call and the next: one frame, or none while
   * all is held back. What `receive` is given has been through this already.
   */
  resample(frame: AudioFrame): readonly AudioFrame[] {
    this.#converter ??= new AudioConverter({ sampleRate: this.inputSampleRate, channels: channelsOf(this) });
    const converted = this.#converter.push(frame);
    return converted ? [converted] : [];
  }
}

/**
 * FastRTC's name for a handler whose methods are asynchronous. Here one class serves both.
 * @alias
 */
export const AsyncStreamHandler = StreamHandler;
/** FastRTC's name for a handler whose methods are asynchronous. Here one class serves both. */
export type AsyncStreamHandler<Inputs extends readonly unknown[] = readonly unknown[]> = StreamHandler<Inputs>;

/** The sessions by the handlers that they gave to their peers. */
const sessions = new WeakMap<object, HandlerSession>();

/** Gives a handler the session that it works for. */
export function bindToSession(handler: StreamHandler, session: HandlerSession): void {
  sessions.set(handler, session);
}

/** The session that a handler works for; undefined before it has begun. */
export function sessionFor(handler: object): HandlerSession | undefined {
  return sessions.get(handler);
}

/** How many channels a handler is given. */
export function channelsOf({ expectedLayout }: Pick<StreamHandler, "expectedLayout">): 1 | 2 {
  return expectedLayout === "stereo" ? 2 : 1;
}

function sessionOf(handler: object, member: string): HandlerSession {
  const session = sessions.get(handler);
  if (session) return session;
  throw new FastRtcError(
    "no_session",
    `${member} of a handler was used before its session began. Use it in startUp, receive or emit.`,
  );
}

function invalid(message: string): FastRtcError {
  return new FastRtcError("invalid_option", message);
}
