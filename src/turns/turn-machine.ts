import { judgedInTurn, openTurn, windowInTurn } from "./turn-in-progress.ts";
import { windowOverReply } from "./turn-interruption.ts";
import type { TurnRules } from "./turn-rules.ts";
import type { ReplyPhase, TurnEffect, TurnEndCause, TurnEvent, TurnState, TurnStep } from "./turn-state.ts";

/**
 * Who has the floor. It is told of each window of the caller's sound how probable speech is in it and what becomes of the reply, and
 * says when a turn begins and ends, and when a reply falls silent, goes on or is cancelled. It knows no clock but the sound itself.
 */
export function takeTurn(state: TurnState, event: TurnEvent, rules: TurnRules): TurnStep {
  switch (event.type) {
    case "window":
      return hearWindow(state, event, rules);
    case "judged":
      return hearJudgement(state, event, rules);
    case "trigger":
      return endNow(state, event.reply, "trigger");
    case "key":
      return event.pressed ? pressKey(state, event.reply) : releaseKey(state, event.reply);
  }
}

type WindowEvent = Extract<TurnEvent, { type: "window" }>;

function hearWindow(before: TurnState, event: WindowEvent, rules: TurnRules): TurnStep {
  const { probability, durationMs, reply } = event;
  const least = before.isSpeech ? rules.stillSpeechProbability : rules.speechProbability;
  const isSpeech = probability >= least;
  const state = { ...before, nowMs: before.nowMs + durationMs, isSpeech };
  if (rules.duplex === "push-to-talk") return hearWithKey(state, reply, rules);
  if (isDeaf(state, reply, rules)) return deafened(state, reply);
  if (state.turn) return afterTurn(windowInTurn(state, state.turn, durationMs, rules), reply);
  return hearOutsideTurn({ ...state, recent: remembered(state, durationMs, rules) }, event, rules);
}

/** What is heard while nobody has the floor, or a reply has. */
function hearOutsideTurn(state: TurnState, { durationMs, reply }: WindowEvent, rules: TurnRules): TurnStep {
  if (state.isSpent) {
    const isSpent = state.isSpeech || !isSilent(state, rules);
    return { state: { ...state, isSpent, recent: isSpent ? state.recent : [] }, effects: [] };
  }
  if (reply !== "none") return windowOverReply(state, { durationMs, reply }, rules);
  // A reply that came to its end while it was held has nothing to go on with; the next one must not be silent.
  const effects: TurnEffect[] = state.interruption?.held ? [{ type: "reply-resume" }] : [];
  const quiet = { ...state, interruption: undefined };
  const speechMs = quiet.recent.reduce((sum, window) => sum + (window.isSpeech ? window.durationMs : 0), 0);
  if (speechMs <= rules.startMs || !quiet.isSpeech) return { state: quiet, effects };
  const opened = openTurn(quiet, onsetOf(quiet), { continues: false, rules });
  return { state: opened.state, effects: [...effects, ...opened.effects] };
}

function hearJudgement(
  state: TurnState,
  { question, probability, reply }: Extract<TurnEvent, { type: "judged" }>,
  rules: TurnRules,
): TurnStep {
  const { turn } = state;
  // Of a silence that is over, or of another turn: too late.
  if (turn?.question !== question) return { state, effects: [] };
  return afterTurn(judgedInTurn(state, { ...turn, finished: probability }, rules), reply);
}

/** Ends the turn, or answers nothing at all, because somebody wants it. */
function endNow(state: TurnState, reply: ReplyPhase, cause: TurnEndCause): TurnStep {
  const { nowMs, turn } = state;
  const effects: TurnEffect[] = reply === "none" ? [] : [{ type: "reply-cancel", cause: "replaced" }];
  effects.push({ type: "turn-end", cause, startMs: turn?.startMs ?? nowMs, endMs: nowMs });
  return {
    state: {
      ...state,
      turn: undefined,
      interruption: undefined,
      recent: [],
      lastEndMs: nowMs,
      lastSpeechEndMs: turn?.speechEndMs,
      isSpent: state.isSpeech,
    },
    effects,
  };
}

function pressKey(state: TurnState, reply: ReplyPhase): TurnStep {
  if (state.turn) return { state, effects: [] };
  const { nowMs } = state;
  const turn = {
    startMs: nowMs,
    speechEndMs: nowMs,
    silentMs: 0,
    blipMs: 0,
    question: undefined,
    finished: undefined,
  };
  const effects: TurnEffect[] = reply === "none" ? [] : [{ type: "reply-cancel", cause: "interrupted" }];
  effects.push({ type: "turn-start", startMs: nowMs, continues: false });
  return { state: { ...state, turn, interruption: undefined }, effects };
}

function releaseKey(state: TurnState, reply: ReplyPhase): TurnStep {
  return state.turn ? endNow(state, reply, "key") : { state, effects: [] };
}

function hearWithKey(state: TurnState, reply: ReplyPhase, rules: TurnRules): TurnStep {
  const { turn, nowMs } = state;
  if (!turn || nowMs - turn.startMs < rules.maxTurnMs) return { state, effects: [] };
  return endNow(state, reply, "limit");
}

/** A turn that ended takes the place of what was being answered. */
function afterTurn(step: TurnStep, reply: ReplyPhase): TurnStep {
  if (reply === "none" || !step.effects.some(({ type }) => type === "turn-end")) return step;
  return { state: step.state, effects: [{ type: "reply-cancel", cause: "replaced" }, ...step.effects] };
}

function isDeaf({ nowMs, deafUntilMs }: TurnState, reply: ReplyPhase, rules: TurnRules): boolean {
  if (!rules.canInterrupt) return reply !== "none";
  if (rules.duplex !== "half") return false;
  return reply === "speaking" || (deafUntilMs > 0 && nowMs - deafUntilMs < rules.echoTailMs);
}

function deafened(state: TurnState, reply: ReplyPhase): TurnStep {
  const effects: TurnEffect[] = state.interruption?.held ? [{ type: "reply-resume" }] : [];
  const deafUntilMs = reply === "none" ? state.deafUntilMs : state.nowMs;
  return {
    state: { ...state, isSpeech: false, turn: undefined, interruption: undefined, recent: [], deafUntilMs },
    effects,
  };
}

function remembered({ recent, isSpeech }: TurnState, durationMs: number, rules: TurnRules): TurnState["recent"] {
  const windows = [...recent, { durationMs, isSpeech }];
  let rememberedMs = windows.reduce((sum, window) => sum + window.durationMs, 0);
  while (rememberedMs > rules.startWithinMs) rememberedMs -= windows.shift()?.durationMs ?? rememberedMs;
  return windows;
}

/** When the first speech among the recent windows began. */
function onsetOf({ nowMs, recent }: TurnState): number {
  const first = recent.findIndex((window) => window.isSpeech);
  return nowMs - recent.slice(first).reduce((sum, window) => sum + window.durationMs, 0);
}

/** Whether the last windows are as silent as a reply wants it that was interrupted. */
function isSilent({ recent }: TurnState, rules: TurnRules): boolean {
  let silentMs = 0;
  for (const window of recent.toReversed()) {
    if (window.isSpeech) break;
    silentMs += window.durationMs;
  }
  return silentMs >= Math.min(rules.resumeAfterMs, rules.startWithinMs - 1);
}
