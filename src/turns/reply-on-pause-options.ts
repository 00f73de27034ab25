import type { StreamHandlerOptions } from "../handlers/stream-handler.ts";
import type { EndOfTurnModel, ModelOptions } from "../session/voice-models.ts";
import type { AlgoOptions, TurnOptions } from "./algo-options.ts";
import type { VoiceModel } from "./pause-model-detector.ts";
import type { StartupFunction } from "./reply-function.ts";
import type { ReplyCancelCause } from "./turn-state.ts";

/** What a reply had come to when it was over before its end. */
export interface InterruptedReply {
  readonly cause: ReplyCancelCause;
  /** How much of it the peer had heard, in milliseconds. */
  readonly playedMs: number;
}

/** What happens in a conversation, for a log, a display or a measurement. */
export type ConversationEvent =
  /** Somebody talks. */
  | { readonly type: "turn-start" }
  /** A turn has ended and is answered. */
  | { readonly type: "turn-end"; readonly durationMs: number }
  /** The first sound of a reply is on its way. */
  | { readonly type: "reply-start" }
  /** The reply fell silent, because somebody speaks over it. */
  | { readonly type: "reply-hold" }
  /** It goes on: it was a cough, or a word of agreement. */
  | { readonly type: "reply-resume" }
  /** It is over before its end. */
  | ({ readonly type: "reply-cancel" } & InterruptedReply);

/** What the constructor of a `ReplyOnPause` takes beside the function. */
export interface ReplyOnPauseOptions<Inputs extends readonly unknown[] = readonly unknown[]> extends Omit<
  StreamHandlerOptions,
  "fps"
> {
  /** Speaks first, before anybody has said anything. It is given the additional inputs when the reply function is. */
  startupFn?: StartupFunction<Inputs>;
  /** By what rule a pause ends a turn. */
  algoOptions?: AlgoOptions;
  /** What FastRTC has no options for. */
  turnOptions?: TurnOptions;
  /** The model's own options, `SileroVadOptions` for the built-in one. */
  modelOptions?: ModelOptions;
  /** Whether speech interrupts a reply. With false nothing is heard until the last of a reply has been played. @default true */
  canInterrupt?: boolean;
  /** What tells speech from everything else. @default getSileroModel() */
  model?: VoiceModel;
  /** Says by the voice whether a pause is the end of a turn; null leaves it to silence alone. @default judges by the fall of the voice */
  endOfTurnModel?: EndOfTurnModel | null;
  /**
   * Whether the reply function waits for the additional inputs to be set by the peer for each turn, as FastRTC's does when it has
   * parameters for them. @default whether it has more than one parameter
   */
  needsArgs?: boolean;
  /** Told when a reply is over before its end, with how much of it the peer has heard. */
  onInterrupted?: (reply: InterruptedReply) => void;
  /** Told of what happens. */
  onEvent?: (event: ConversationEvent) => void;
}
