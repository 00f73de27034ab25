import { openTurn } from "./turn-in-progress.ts";
import type { TurnRules } from "./turn-rules.ts";
import type { Interruption, ReplyPhase, TurnState, TurnStep } from "./turn-state.ts";

/** How long a silence may be in the first speech over a reply, before that falls silent, in milliseconds. */
const MAX_GAP_MS = 96;

interface WindowOverReply {
  readonly durationMs: number;
  readonly reply: Exclude<ReplyPhase, "none">;
}

/**
 * A window of sound over a reply. After a little speech the reply falls silent, because whoever interrupts wants to be heard at
 * once; when the speech was no more than a cough or "mhm", it goes on; when it was more, it is over.
 */
export function windowOverReply(state: TurnState, window: WindowOverReply, rules: TurnRules): TurnStep {
  return state.isSpeech ? speech(state, window, rules) : silence(state, window, rules);
}

function speech(state: TurnState, { durationMs, reply }: WindowOverReply, rules: TurnRules): TurnStep {
  const { nowMs, interruption } = state;
  const onsetMs = interruption?.onsetMs ?? nowMs - durationMs;
  const speechMs = (interruption?.speechMs ?? 0) + durationMs;
  const isHeld = interruption?.held ?? false;
  // A reply that nobody has heard yet loses nothing by being made again, with all that was said.
  if (speechMs > (reply === "thinking" ? rules.startMs : rules.interruptAfterMs)) {
    const continues = goesOn(state, { onsetMs, reply }, rules);
    const opened = openTurn(state, onsetMs, { continues, rules });
    const cause = continues ? "continued" : "interrupted";
    return { state: opened.state, effects: [{ type: "reply-cancel", cause }, ...opened.effects] };
  }
  const held = isHeld || speechMs >= rules.holdAfterMs;
  return {
    state: { ...state, interruption: { onsetMs, speechMs, silentMs: 0, held } },
    effects: held && !isHeld ? [{ type: "reply-hold" }] : [],
  };
}

function silence(state: TurnState, { durationMs }: WindowOverReply, rules: TurnRules): TurnStep {
  const { interruption } = state;
  if (!interruption) return { state, effects: [] };
  const silent: Interruption = { ...interruption, silentMs: interruption.silentMs + durationMs };
  if (silent.held && silent.silentMs >= rules.resumeAfterMs) {
    return { state: { ...state, interruption: undefined }, effects: [{ type: "reply-resume" }] };
  }
  const isOver = !silent.held && silent.silentMs > MAX_GAP_MS;
  return { state: { ...state, interruption: isOver ? undefined : silent }, effects: [] };
}

function goesOn(
  { lastSpeechEndMs }: TurnState,
  { onsetMs, reply }: { readonly onsetMs: number; readonly reply: WindowOverReply["reply"] },
  rules: TurnRules,
): boolean {
  if (lastSpeechEndMs === undefined) return false;
  return reply === "thinking" || onsetMs - lastSpeechEndMs <= rules.continueWithinMs;
}
