import type { ClientError, ConnectionEvents, LiveStats, Progress, Transcript } from "../../src/client/index.ts";
import { describeError, type Problem } from "./problem.ts";
import { addToast, removeToast, type Toast } from "./toasts.ts";

/** All that the page shows. */
export interface StreamState {
  readonly phase: Phase;
  /** What is sent. */
  readonly input: MediaStream | undefined;
  /** What comes back. */
  readonly output: MediaStream | undefined;
  readonly stats: LiveStats | undefined;
  readonly toasts: readonly Toast[];
  /** The stop word that was heard last in this stream. */
  readonly stopWord: StopWord | undefined;
  /** What was said lately, the newest last; it stays when the stream is over. */
  readonly captions: readonly Transcript[];
  /** The last turn of the conversation. */
  readonly turn: Turn | undefined;
  /** What is being waited for on the server. */
  readonly progress: Progress | undefined;
}

/** How many captions are kept; when one more comes, the oldest goes. */
const MAX_CAPTIONS = 50;

/** When the server found that the visitor had finished, and how long after that its answer began, in milliseconds. */
export interface Turn {
  readonly pausedAtMs: number;
  readonly answerMs: number | undefined;
}

export interface StopWord {
  readonly text: string;
  /** How many were heard: the same word twice is shown twice. */
  readonly count: number;
}

export type Phase =
  | {
      readonly type: "idle";
      /** Why the stream before is over, when it was not stopped here. */
      readonly note: string | undefined;
      readonly problem: Problem | undefined;
    }
  | { readonly type: "connecting"; readonly step: "media" | "signalling" | "transport"; readonly isSlow: boolean }
  | {
      readonly type: "live";
      /** When it connected, in milliseconds on the page's clock. */
      readonly sinceMs: number;
      readonly interrupted: boolean;
      /** Whether something of what comes back has been seen. */
      readonly hasPicture: boolean;
    };

export type StreamAction =
  | { readonly type: "start" }
  | {
      readonly type: "state";
      readonly state: ConnectionEvents["state"];
      readonly atMs: number;
      readonly problemOf: ProblemOf;
    }
  | { readonly type: "slow" }
  | { readonly type: "input"; readonly stream: MediaStream }
  | { readonly type: "output"; readonly stream: MediaStream }
  | { readonly type: "first-picture" }
  | { readonly type: "stats"; readonly stats: LiveStats }
  | { readonly type: "message"; readonly message: ConnectionEvents["message"]; readonly atMs: number }
  | { readonly type: "error"; readonly error: ClientError }
  | { readonly type: "dismiss"; readonly id: number }
  | { readonly type: "devices-changed" };

/** The card for an error, when it is one about a device. */
export type ProblemOf = (error: ClientError) => Problem | undefined;

export function initialState(problem?: Problem): StreamState {
  return {
    phase: idle({ problem }),
    input: undefined,
    output: undefined,
    stats: undefined,
    toasts: [],
    stopWord: undefined,
    captions: [],
    turn: undefined,
    progress: undefined,
  };
}

export function reduce(state: StreamState, action: StreamAction): StreamState {
  const { phase } = state;
  switch (action.type) {
    case "start":
      return { ...initialState(), phase: { type: "connecting", step: "media", isSlow: false } };
    case "state":
      return onConnectionState(state, action);
    case "slow":
      return phase.type === "connecting" ? { ...state, phase: { ...phase, isSlow: true } } : state;
    case "input":
      return { ...state, input: action.stream };
    case "output":
      return { ...state, output: action.stream };
    case "first-picture":
      return phase.type === "live" ? { ...state, phase: { ...phase, hasPicture: true } } : state;
    case "stats":
      return { ...state, stats: action.stats };
    case "message":
      return onMessage(state, action);
    case "error":
      return { ...state, toasts: addToast(state.toasts, "warning", describeError(action.error)) };
    case "dismiss":
      return { ...state, toasts: removeToast(state.toasts, action.id) };
    case "devices-changed":
      return phase.type === "idle" && phase.problem?.wayOut === "retry" ? { ...state, phase: idle({}) } : state;
  }
}

function onConnectionState(
  state: StreamState,
  { state: connection, atMs, problemOf }: Extract<StreamAction, { type: "state" }>,
): StreamState {
  const { phase } = state;
  switch (connection.type) {
    case "connecting": {
      const isSlow = phase.type === "connecting" && phase.isSlow;
      return { ...state, phase: { type: "connecting", step: connection.phase, isSlow } };
    }
    case "connected": {
      const before = phase.type === "live" ? phase : { sinceMs: atMs, hasPicture: false };
      return {
        ...state,
        phase: {
          type: "live",
          interrupted: connection.interrupted,
          sinceMs: before.sinceMs,
          hasPicture: before.hasPicture,
        },
      };
    }
    case "closed": {
      const over = { ...initialState(), toasts: state.toasts, captions: state.captions };
      const { reason } = connection;
      switch (reason.type) {
        case "closed-here":
          return over;
        case "ended-by-server":
          return { ...over, phase: idle({ note: reason.message ?? "The server ended the stream." }) };
        case "failed": {
          const problem = problemOf(reason.error);
          if (problem) return { ...over, phase: idle({ problem }) };
          if (phase.type === "live") return { ...over, phase: idle({ note: reason.error.message }) };
          const toasts = addToast(state.toasts, "error", describeError(reason.error));
          return { ...over, phase: idle({ note: "Not connected" }), toasts };
        }
      }
    }
  }
}

function onMessage(state: StreamState, { message, atMs }: Extract<StreamAction, { type: "message" }>): StreamState {
  switch (message.type) {
    case "error":
    case "warning":
      return { ...state, toasts: addToast(state.toasts, message.type, message.data) };
    case "stopword":
      return { ...state, stopWord: { text: message.data, count: (state.stopWord?.count ?? 0) + 1 } };
    case "transcript":
      return { ...state, captions: addCaption(state.captions, message.data) };
    case "progress":
      return { ...state, progress: message.data ?? undefined };
    case "log":
      return { ...state, turn: turnAfter(state.turn, message.data, atMs) };
    case "custom": // It is for pages of the application's own.
    case "send_input": // The fields answer it themselves;
    case "fetch_output": // outputs come by a message of their own;
    case "end_stream": // and these two close the connection, which says so itself.
    case "update_connection":
      return state;
  }
}

function turnAfter(turn: Turn | undefined, event: string, atMs: number): Turn | undefined {
  if (event === "pause_detected") return { pausedAtMs: atMs, answerMs: undefined };
  if (event !== "response_starting" || !turn) return turn;
  return { ...turn, answerMs: turn.answerMs ?? atMs - turn.pausedAtMs };
}

/** Words with an id take the place of those before with the same. */
function addCaption(captions: readonly Transcript[], caption: Transcript): readonly Transcript[] {
  const index = caption.id === undefined ? -1 : captions.findIndex(({ id }) => id === caption.id);
  return index < 0 ? [...captions, caption].slice(-MAX_CAPTIONS) : captions.with(index, caption);
}

function idle({ note, problem }: { note?: string | undefined; problem?: Problem | undefined }): Phase {
  return { type: "idle", note, problem };
}
