/** What becomes of a reply at a moment. */
export type ReplyPhase =
  /** There is none, or all of it was heard. */
  | "none"
  /** It is being made, and nothing of it has been heard. */
  | "thinking"
  /** It sounds, or is about to go on. */
  | "speaking";

/** Why a turn ended. */
export type TurnEndCause =
  /** The caller paused. */
  | "pause"
  /** It was as long as a turn may be. */
  | "limit"
  /** The application asked for an answer. */
  | "trigger"
  /** The key was let go. */
  | "key";

/** Why a reply is cancelled. */
export type ReplyCancelCause =
  /** The caller spoke over it. */
  | "interrupted"
  /** The caller had not finished: the turn that it answers goes on. */
  | "continued"
  /** Another turn is answered. */
  | "replaced";

/** What happens to the turn machine. */
export type TurnEvent =
  /** A window of the caller's sound was heard; windows follow each other without gaps. */
  | {
      readonly type: "window";
      /** How probable it is that somebody speaks in it. */
      readonly probability: number;
      readonly durationMs: number;
      readonly reply: ReplyPhase;
    }
  /** Whether the voice sounded finished, asked for by `judge`. */
  | { readonly type: "judged"; readonly question: number; readonly probability: number; readonly reply: ReplyPhase }
  /** The application wants an answer now. */
  | { readonly type: "trigger"; readonly reply: ReplyPhase }
  /** The key of push to talk. */
  | { readonly type: "key"; readonly pressed: boolean; readonly reply: ReplyPhase };

/** What the turn machine wants done. Times are milliseconds of the caller's sound. */
export type TurnEffect =
  /** Somebody talks. The turn's sound begins at `startMs`, after that of the turn before when it goes on with that one. */
  | { readonly type: "turn-start"; readonly startMs: number; readonly continues: boolean }
  /** Ask how probable it is that the voice has finished. */
  | { readonly type: "judge"; readonly question: number; readonly startMs: number }
  /** Answer it. Without a turn before it, there is no sound: both times are the same. */
  | { readonly type: "turn-end"; readonly cause: TurnEndCause; readonly startMs: number; readonly endMs: number }
  /** The reply falls silent for now. */
  | { readonly type: "reply-hold" }
  /** It goes on where it was heard last. */
  | { readonly type: "reply-resume" }
  | { readonly type: "reply-cancel"; readonly cause: ReplyCancelCause };

/** A turn that goes on. */
export interface OpenTurn {
  readonly startMs: number;
  /** When the last speech of it ended. */
  readonly speechEndMs: number;
  /** How long nobody has spoken, and how long speech has broken that now. */
  readonly silentMs: number;
  readonly blipMs: number;
  /** What was asked about this silence, and the answer. */
  readonly question: number | undefined;
  readonly finished: number | undefined;
}

/** Speech over a reply of which it is not known yet whether it interrupts. */
export interface Interruption {
  readonly onsetMs: number;
  readonly speechMs: number;
  readonly silentMs: number;
  readonly held: boolean;
}

/** One window that was heard. */
interface HeardWindow {
  readonly durationMs: number;
  readonly isSpeech: boolean;
}

/** All that the turn machine knows. */
export interface TurnState {
  /** How much sound was heard. */
  readonly nowMs: number;
  readonly isSpeech: boolean;
  /** The last windows outside of a turn. */
  readonly recent: readonly HeardWindow[];
  readonly turn: OpenTurn | undefined;
  readonly interruption: Interruption | undefined;
  /** When the turn that was answered last ended, and its last word. */
  readonly lastEndMs: number;
  readonly lastSpeechEndMs: number | undefined;
  /** Speech that went on when an answer was asked for interrupts nothing; until there was a silence. */
  readonly isSpent: boolean;
  /** Until when nothing was listened to: no turn's sound begins before. */
  readonly deafUntilMs: number;
  readonly questionCount: number;
}

export const initialTurnState: TurnState = {
  nowMs: 0,
  isSpeech: false,
  recent: [],
  turn: undefined,
  interruption: undefined,
  lastEndMs: 0,
  lastSpeechEndMs: undefined,
  isSpent: false,
  deafUntilMs: 0,
  questionCount: 0,
};

/** What an event comes to. */
export interface TurnStep {
  readonly state: TurnState;
  readonly effects: readonly TurnEffect[];
}
