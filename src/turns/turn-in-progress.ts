import type { TurnRules } from "./turn-rules.ts";
import type { OpenTurn, TurnEffect, TurnState, TurnStep } from "./turn-state.ts";

export interface OpenTurnOptions {
  /** Whether it goes on with the turn before. */
  readonly continues: boolean;
  readonly rules: TurnRules;
}

/** Somebody talks, since `onsetMs`. */
export function openTurn(state: TurnState, onsetMs: number, { continues, rules }: OpenTurnOptions): TurnStep {
  const startMs = Math.max(0, state.lastEndMs, state.deafUntilMs, onsetMs - rules.preRollMs);
  return {
    state: { ...state, turn: turnFrom(startMs, state.nowMs), interruption: undefined, recent: [] },
    effects: [{ type: "turn-start", startMs, continues }],
  };
}

/** A window in a turn: it may be the last. */
export function windowInTurn(state: TurnState, before: OpenTurn, durationMs: number, rules: TurnRules): TurnStep {
  const { nowMs } = state;
  const turn = heard(before, { nowMs, durationMs, isSpeech: state.isSpeech }, rules);
  if (nowMs - turn.startMs >= rules.maxTurnMs) return ended({ ...state, turn }, turn, "limit");
  if (isSilentEnough(turn, rules)) return ended({ ...state, turn }, turn, "pause");
  if (turn.silentMs < rules.judgeAfterMs || turn.question !== undefined)
    return { state: { ...state, turn }, effects: [] };
  const question = state.questionCount + 1;
  return {
    state: { ...state, turn: { ...turn, question }, questionCount: question },
    effects: [{ type: "judge", question, startMs: turn.startMs }],
  };
}

/** It is known now whether the voice sounded finished: that may be all that was waited for. */
export function judgedInTurn(state: TurnState, turn: OpenTurn, rules: TurnRules): TurnStep {
  if (isSilentEnough(turn, rules)) return ended({ ...state, turn }, turn, "pause");
  return { state: { ...state, turn }, effects: [] };
}

function isSilentEnough(turn: OpenTurn, rules: TurnRules): boolean {
  return turn.blipMs === 0 && turn.silentMs >= neededSilenceMs(turn, rules);
}

function turnFrom(startMs: number, nowMs: number): OpenTurn {
  return { startMs, speechEndMs: nowMs, silentMs: 0, blipMs: 0, question: undefined, finished: undefined };
}

function heard(
  turn: OpenTurn,
  { nowMs, durationMs, isSpeech }: { readonly nowMs: number; readonly durationMs: number; readonly isSpeech: boolean },
  rules: TurnRules,
): OpenTurn {
  if (!isSpeech) return { ...turn, silentMs: turn.silentMs + durationMs, blipMs: 0 };
  const blipMs = turn.blipMs + durationMs;
  // A click in a silence does not break it, and neither does the silence end while it is not known whether it is one.
  if (turn.silentMs > 0 && blipMs < rules.blipMs) return { ...turn, silentMs: turn.silentMs + durationMs, blipMs };
  return { ...turn, silentMs: 0, blipMs: 0, speechEndMs: nowMs, question: undefined, finished: undefined };
}

function neededSilenceMs({ finished }: OpenTurn, rules: TurnRules): number {
  if (finished === undefined) return rules.silenceMs;
  if (finished >= 0.5) return rules.finishedSilenceMs;
  // From "as good as sure that it goes on" to "leaves it open", evenly.
  const openness = finished / 0.5;
  return rules.unfinishedSilenceMs + (rules.silenceMs - rules.unfinishedSilenceMs) * openness;
}

function ended(state: TurnState, turn: OpenTurn, cause: "limit" | "pause"): TurnStep {
  const { nowMs } = state;
  const end: TurnEffect = { type: "turn-end", cause, startMs: turn.startMs, endMs: nowMs };
  const after: TurnState = {
    ...state,
    turn: undefined,
    recent: [],
    lastEndMs: nowMs,
    lastSpeechEndMs: turn.speechEndMs,
  };
  if (cause === "pause") return { state: after, effects: [end] };
  // Whoever talks on has the next turn, which interrupts the answer to this one only by its own end.
  return {
    state: { ...after, turn: turnFrom(nowMs, nowMs) },
    effects: [end, { type: "turn-start", startMs: nowMs, continues: false }],
  };
}
