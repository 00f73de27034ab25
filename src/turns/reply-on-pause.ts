import { FastRtcError, invariant } from "../errors.ts";
import type { EmittedAudio } from "../handlers/emitted.ts";
import { channelsOf, sessionFor, StreamHandler } from "../handlers/stream-handler.ts";
import { AudioFrame } from "../media/audio-frame.ts";
import { checkOptionNames, type OptionNames } from "../session/option-names.ts";
import type { HandlerSession } from "../session/peer-handler.ts";
import type { EndOfTurnModel } from "../session/voice-models.ts";
import { getSileroModel } from "../speech/silero/get-silero-model.ts";
import { parseSileroVadOptions } from "../speech/silero/silero-vad-options.ts";
import { AppState, joinedSamples } from "./app-state.ts";
import { getCurrentReply } from "./current-reply.ts";
import { detectorOf, type VoiceModel } from "./pause-model-detector.ts";
import { fallingVoice } from "./falling-voice.ts";
import { Replies } from "./replies.ts";
import type { ReplyFunction } from "./reply-function.ts";
import type { ReplyOnPauseOptions } from "./reply-on-pause-options.ts";
import { readTalkKey } from "./talk-key.ts";
import { type ResolvedAlgoOptions, type TurnRules, parseAlgoOptions, turnRules } from "./turn-rules.ts";
import { TurnTaker } from "./turn-taker.ts";

/** How long a reply waits for additional inputs that have defaults, in milliseconds. */
const INPUTS_PATIENCE_MS = 2000;

const OPTION_NAMES: OptionNames<ReplyOnPauseOptions> = {
  expectedLayout: true,
  inputSampleRate: true,
  outputSampleRate: true,
  startupFn: true,
  algoOptions: true,
  turnOptions: true,
  modelOptions: true,
  canInterrupt: true,
  model: true,
  endOfTurnModel: true,
  needsArgs: true,
  onInterrupted: true,
  onEvent: true,
};

/**
 * Answers whoever pauses: it hears when somebody has finished speaking, calls a function with what was said and sends the sound that
 * it gives. Speaking over a reply silences it at once; when it was only a cough or "mhm", the reply goes on where it was heard last.
 * What the function throws is reported to the log and the peer, and the next turn is answered.
 */
export class ReplyOnPause<Inputs extends readonly unknown[] = readonly unknown[]> extends StreamHandler<Inputs> {
  /** The function that answers. */
  readonly fn: ReplyFunction<Inputs>;
  /** What it was made with. */
  readonly options: ReplyOnPauseOptions<Inputs>;
  readonly #algoOptions: ResolvedAlgoOptions;
  readonly #rules: TurnRules;
  readonly #usesOwnRule: boolean;
  #model: VoiceModel | undefined;
  #replies: Replies | undefined;
  #taker: TurnTaker | undefined;
  #state = new AppState();

  /** @throws {FastRtcError} `invalid_option` with a line for each option at fault. */
  constructor(fn: ReplyFunction<Inputs>, options: ReplyOnPauseOptions<Inputs> = {}) {
    checkOptionNames(options, {
      of: "new ReplyOnPause(...)",
      names: OPTION_NAMES,
      subclassed: new.target !== ReplyOnPause,
    });
    const { expectedLayout, inputSampleRate, outputSampleRate } = options;
    super({
      ...(expectedLayout !== undefined && { expectedLayout }),
      ...(inputSampleRate !== undefined && { inputSampleRate }),
      ...(outputSampleRate !== undefined && { outputSampleRate }),
    });
    if (typeof fn !== "function") {
      throw new FastRtcError("invalid_option", "ReplyOnPause takes the function that answers as its first argument.");
    }
    this.fn = fn;
    this.options = options;
    const { turnOptions, modelOptions, canInterrupt = true } = options;
    this.#model = options.model;
    if (options.model === undefined) parseSileroVadOptions(modelOptions ?? {});
    this.#algoOptions = parseAlgoOptions(options.algoOptions);
    this.#rules = turnRules({ algoOptions: this.#algoOptions, turnOptions, modelOptions, canInterrupt });
    this.#usesOwnRule = this.determinePause !== ReplyOnPause.prototype.determinePause;
  }

  /** The model that tells speech from everything else. */
  get model(): VoiceModel {
    return (this.#model ??= getSileroModel());
  }

  /** The handler of one peer. A subclass whose constructor takes something else has a `copy` of its own. */
  override copy(): ReplyOnPause<Inputs> {
    const Class = this.constructor as new (
      fn: ReplyFunction<Inputs>,
      options: ReplyOnPauseOptions<Inputs>,
    ) => ReplyOnPause<Inputs>;
    return new Class(this.fn, this.options);
  }

  override async startUp(): Promise<void> {
    const { startupFn } = this.options;
    if (startupFn) this.#begun.begin(async () => startupFn(...(await this.#inputs())));
    await detectorOf(this.model, this.options.modelOptions).warmup?.();
    try {
      await this.#endOfTurnModel?.warmup?.();
    } catch (thrown) {
      this.#begun.failed(thrown); // Turns end by silence alone without it.
    }
  }

  override receive(frame: AudioFrame): Promise<void> {
    return this.#usesOwnRule ? this.#hearByOwnRule(frame) : this.#listening.hear(frame);
  }

  override emit(): Promise<EmittedAudio> {
    return this.#begun.next();
  }

  /** Answers now what was said until now; nothing at all when nothing was said. Where replies are protected, after them. */
  override triggerResponse(): void {
    if (this.isProtected) return;
    if (this.#usesOwnRule) this.#answerOwnTurn();
    else this.#listening.trigger();
  }

  /** Push to talk: `{"type":"talk","data":"start"}` and `"stop"`. Anything else is not for it. */
  override onMessage(text: string): void {
    if (this.#rules.duplex !== "push-to-talk" || this.isProtected) return;
    const pressed = readTalkKey(text);
    if (pressed !== undefined) this.#listening.key(pressed);
  }

  override shutdown(): void {
    this.#taker?.close();
  }

  /**
   * FastRTC's rule, for subclasses to replace or go on with: whether a turn has ended. Once it is overridden nothing else decides when
   * turns end, and an interruption takes effect with the pause after it. The rule itself looks at blocks of `audioChunkDuration`.
   * @param audio What was heard and not looked at yet, mono: it grows until `state.buffer` is set to null.
   * @param samplingRate Samples per second of it.
   * @param state What is known of the turn; `stream` is what the reply function will be given.
   */
  determinePause(audio: Int16Array, samplingRate: number, state: AppState): boolean | Promise<boolean> {
    const { audioChunkDuration } = this.#algoOptions;
    return audio.length / samplingRate < audioChunkDuration ? false : this.#blockEndsTurn(audio, samplingRate, state);
  }

  async #blockEndsTurn(audio: Int16Array, samplingRate: number, state: AppState): Promise<boolean> {
    const { startedTalkingThreshold, speechThreshold, maxContinuousSpeechS } = this.#algoOptions;
    const { model } = this;
    if (!("vad" in model)) {
      throw new FastRtcError("invalid_option", "FastRTC's own rule needs a model with a method vad.");
    }
    const [speechS] = await model.vad([samplingRate, audio], this.options.modelOptions);
    if (speechS > startedTalkingThreshold && !state.startedTalking) {
      state.startedTalking = true;
      this.#begun.turnStarted();
    }
    state.buffer = null;
    if (!state.startedTalking) return false;
    state.stream = joinedSamples(state.stream, audio);
    return speechS < speechThreshold || state.stream.length / samplingRate >= maxContinuousSpeechS;
  }

  async #hearByOwnRule(frame: AudioFrame): Promise<void> {
    if (this.isProtected) return;
    const samples = frame.withChannels(1).toInt16();
    const state = this.#state;
    state.samplingRate ||= frame.sampleRate;
    state.buffer = joinedSamples(state.buffer, samples);
    state.pauseDetected = await this.determinePause(state.buffer, state.samplingRate, state);
    if (state.pauseDetected && state === this.#state) this.#answerOwnTurn();
  }

  #answerOwnTurn(): void {
    const { stream, samplingRate } = this.#state;
    this.#state = new AppState();
    const samples = stream ?? new Int16Array(0);
    this.#begun.turnEnded(new AudioFrame({ samples, sampleRate: samplingRate || this.inputSampleRate }));
  }

  /** Whether there is a reply that nobody may interrupt. */
  protected get isProtected(): boolean {
    return !this.#rules.canInterrupt && this.#begun.replyPhase !== "none";
  }

  /** The probability from which a window is speech. */
  protected get speechProbability(): number {
    return this.#rules.speechProbability;
  }

  /** Cancels the reply that goes on, if there is one. */
  protected interruptReply(): void {
    this.#begun.cancelReply("interrupted");
  }

  /** Called when a turn has ended and is about to be answered. */
  protected onTurnEnd(): void {}

  get #session(): HandlerSession {
    const session = sessionFor(this);
    invariant(session, "a session begins before it calls its handler");
    return session;
  }

  get #begun(): Replies {
    return (this.#replies ??= new Replies({
      session: this.#session,
      answer: async (audio) => {
        const inputs = await this.#inputs();
        return getCurrentReply().signal.aborted ? undefined : this.fn(audio, ...inputs);
      },
      onPhoneOutputs: ({ args }) => this.setArgs(args as unknown as Inputs),
      onTurnEnd: () => this.onTurnEnd(),
      onInterrupted: this.options.onInterrupted,
      onEvent: this.options.onEvent,
    }));
  }

  get #listening(): TurnTaker {
    return (this.#taker ??= new TurnTaker({
      rules: this.#rules,
      detector: detectorOf(this.model, this.options.modelOptions),
      endOfTurn: this.#endOfTurnModel,
      sampleRate: this.inputSampleRate,
      channels: channelsOf(this),
      floor: this.#begun,
    }));
  }

  get #endOfTurnModel(): EndOfTurnModel | undefined {
    const { endOfTurnModel = fallingVoice } = this.options;
    return endOfTurnModel ?? undefined;
  }

  /** The additional inputs for a call: as they are, or asked of the peer where the function has parameters for them. */
  async #inputs(): Promise<Inputs> {
    const { needsArgs = this.fn.length > 1 } = this.options;
    const { phoneMode, inputs, clock } = this.#session;
    if (needsArgs && !phoneMode && !this.argsSet) {
      this.fetchArgs();
      const patience = new AbortController();
      const until = AbortSignal.any([getCurrentReply().signal, patience.signal]);
      const waits: Promise<unknown>[] = [inputs.next(until)];
      // A client that never answers must not keep it from answering where the inputs have defaults.
      if (inputs.latest) waits.push(clock.sleep(INPUTS_PATIENCE_MS, until));
      try {
        await Promise.race(waits);
      } finally {
        patience.abort();
      }
    }
    this.reset(); // The next call asks anew.
    return this.latestArgs as unknown as Inputs;
  }
}
