import { AudioFrame } from "../media/audio-frame.ts";
import type { EndOfTurnModel, VoiceActivityDetector, VoiceActivityStream } from "../session/voice-models.ts";
import { SoundHistory, type Stretch } from "./sound-history.ts";
import { takeTurn } from "./turn-machine.ts";
import type { TurnRules } from "./turn-rules.ts";
import {
  type ReplyCancelCause,
  type ReplyPhase,
  type TurnEffect,
  type TurnEndCause,
  type TurnEvent,
  type TurnState,
  initialTurnState,
} from "./turn-state.ts";
import { VoiceWindows } from "./voice-windows.ts";

/** How much of a turn its end is judged by, in milliseconds. */
const JUDGED_MS = 8000;
/** How much sound is kept while nobody has the floor, besides the pre-roll: until it is known that somebody talks. */
const UNDECIDED_MS = 3000;

/** What a turn taker has done, and by what it decides. */
export interface Floor {
  /** What becomes of the reply. */
  readonly replyPhase: ReplyPhase;
  turnStarted(): void;
  turnEnded(audio: AudioFrame, cause: TurnEndCause): void;
  holdReply(): void;
  resumeReply(): void;
  cancelReply(cause: ReplyCancelCause): void;
  /** The end-of-turn model failed; its turn ends by silence alone. */
  failed(thrown: unknown): void;
}

export interface TurnTakerOptions {
  readonly rules: TurnRules;
  readonly detector: VoiceActivityDetector;
  readonly endOfTurn: EndOfTurnModel | undefined;
  /** The format of what is heard. */
  readonly sampleRate: number;
  readonly channels: 1 | 2;
  readonly floor: Floor;
}

/** Listens to a caller, and does with the floor what the turn machine decides. */
export class TurnTaker {
  readonly #rules: TurnRules;
  readonly #endOfTurn: EndOfTurnModel | undefined;
  readonly #floor: Floor;
  readonly #windowMs: number;
  readonly #windows: VoiceWindows;
  readonly #voice: VoiceActivityStream;
  readonly #sound: SoundHistory;
  /** The same in the detector's rate, where a model judges it. */
  readonly #judgedSound: SoundHistory;
  #state: TurnState = initialTurnState;
  /** The stretches of sound of the turn that goes on, or was answered last. */
  #stretches: readonly Stretch[] = [];

  constructor({ rules, detector, endOfTurn, sampleRate, channels, floor }: TurnTakerOptions) {
    this.#rules = rules;
    this.#endOfTurn = endOfTurn;
    this.#floor = floor;
    this.#windowMs = (detector.windowSamples * 1000) / detector.sampleRate;
    this.#windows = new VoiceWindows(detector);
    this.#voice = detector.createStream();
    this.#sound = new SoundHistory({ sampleRate, channels });
    this.#judgedSound = new SoundHistory({ sampleRate: detector.sampleRate, channels: 1 });
  }

  /** Whether somebody has the floor. */
  get inTurn(): boolean {
    return this.#state.turn !== undefined;
  }

  /** Hears what follows, in the format of the options. */
  async hear(frame: AudioFrame): Promise<void> {
    this.#sound.push(frame.toInt16());
    for (const window of this.#windows.push(frame)) {
      if (this.#endOfTurn) this.#judgedSound.push(toInt16(window));
      const probability = await this.#voice.push(window);
      this.#take({ type: "window", probability, durationMs: this.#windowMs, reply: this.#floor.replyPhase });
    }
    this.#forget();
  }

  /** Ends the turn now, or answers without one. */
  trigger(): void {
    this.#take({ type: "trigger", reply: this.#floor.replyPhase });
  }

  /** The key of push to talk is pressed or let go. */
  key(pressed: boolean): void {
    this.#take({ type: "key", pressed, reply: this.#floor.replyPhase });
  }

  /** Frees the detector's stream. Harmless when repeated. */
  close(): void {
    this.#voice.close();
  }

  #take(event: TurnEvent): void {
    const { state, effects } = takeTurn(this.#state, event, this.#rules);
    this.#state = state;
    for (const effect of effects) this.#apply(effect);
  }

  #apply(effect: TurnEffect): void {
    switch (effect.type) {
      case "turn-start":
        if (!effect.continues) this.#stretches = [];
        this.#floor.turnStarted();
        return;
      case "judge":
        this.#judge(effect.question, effect.startMs);
        return;
      case "turn-end": {
        const { startMs, endMs, cause } = effect;
        this.#stretches = [...this.#stretches, { startMs, endMs }];
        this.#floor.turnEnded(this.#sound.read(this.#stretches), cause);
        return;
      }
      case "reply-hold":
        this.#floor.holdReply();
        return;
      case "reply-resume":
        this.#floor.resumeReply();
        return;
      case "reply-cancel":
        this.#floor.cancelReply(effect.cause);
        return;
    }
  }

  #judge(question: number, startMs: number): void {
    if (!this.#endOfTurn) return;
    const endMs = this.#state.nowMs;
    const audio = this.#judgedSound.read([{ startMs: Math.max(startMs, endMs - JUDGED_MS), endMs }]).toFloat32();
    const answer = (probability: number): void =>
      this.#take({ type: "judged", question, probability, reply: this.#floor.replyPhase });
    try {
      const probability = this.#endOfTurn.probability(audio);
      if (typeof probability === "number") answer(probability);
      else probability.then(answer).catch((thrown: unknown) => this.#floor.failed(thrown));
    } catch (thrown) {
      this.#floor.failed(thrown);
    }
  }

  /** Forgets what no turn can want any more. */
  #forget(): void {
    const { nowMs, turn } = this.#state;
    this.#judgedSound.forgetBefore(nowMs - JUDGED_MS);
    const isAnswered = this.#floor.replyPhase !== "none";
    if (!turn && !isAnswered) this.#stretches = [];
    // The sound of what is being answered is wanted again when the caller goes on with it.
    const firstMs = this.#stretches[0]?.startMs ?? turn?.startMs ?? Number.POSITIVE_INFINITY;
    const undecidedMs = nowMs - this.#rules.preRollMs - UNDECIDED_MS;
    this.#sound.forgetBefore(Math.min(undecidedMs, Math.max(firstMs, nowMs - this.#rules.maxTurnMs)));
  }
}

function toInt16(window: Float32Array): Int16Array {
  return new AudioFrame({ samples: window, sampleRate: 16_000 }).toInt16();
}
