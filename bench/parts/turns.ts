import { dialogues } from "../turns/dialogue.ts";
import { type DialogueOutcome, type Rule, runDialogue } from "../turns/dialogue-run.ts";
import { percentile } from "../report/statistics.ts";

/** How turns were taken in all dialogues by one rule. */
export interface TurnsResult {
  readonly rule: Rule;
  readonly dialogues: number;
  /** From the end of the last word to the call of the reply function, in milliseconds. */
  readonly endToHandlerMs: { readonly mean: number; readonly p95: number };
  readonly unanswered: number;
  readonly falseCuts: number;
  readonly pauses: number;
  readonly firstSyllablesLost: number;
  /** From the onset of an interruption to the reply's silence, in milliseconds, over a connection without a delay. */
  readonly onsetToSilenceMs: { readonly mean: number; readonly p95: number; readonly count: number };
  /** Replies of which less than all was heard because of a backchannel below 0.4 s, and how many there were. */
  readonly repliesLost: number;
  readonly backchannels: number;
}

const RULES: readonly Rule[] = ["fastrtc for TypeScript", "FastRTC's rule"];
/** What a reply has to have been heard of, in milliseconds: all, but for what a measurement by 10 ms cannot see. */
const WHOLE_REPLY_MS = 3960;

/** The same dialogues by each rule, with the same voice detector, in simulated time. */
export async function measureTurns(count: number, seed = 20_261): Promise<readonly TurnsResult[]> {
  const outcomes = new Map<Rule, DialogueOutcome[]>(RULES.map((rule) => [rule, []]));
  let pauses = 0;
  for await (const dialogue of dialogues(count, seed)) {
    pauses += dialogue.pausesMs.length;
    for (const rule of RULES) outcomes.get(rule)?.push(await runDialogue(dialogue, rule));
  }
  return [...outcomes].map(([rule, all]) => summary(rule, all, pauses));
}

function summary(rule: Rule, all: readonly DialogueOutcome[], pauses: number): TurnsResult {
  const ends = defined(all.map(({ endToHandlerMs }) => endToHandlerMs));
  const silences = defined(all.map(({ onsetToSilenceMs }) => onsetToSilenceMs));
  const replies = defined(all.map(({ replyHeardMs }) => replyHeardMs));
  return {
    rule,
    dialogues: all.length,
    endToHandlerMs: { mean: mean(ends), p95: percentile(ends, 0.95) },
    unanswered: all.length - ends.length,
    falseCuts: all.reduce((sum, { falseCuts }) => sum + falseCuts, 0),
    pauses,
    firstSyllablesLost: all.filter(({ firstSyllableLost }) => firstSyllableLost).length,
    onsetToSilenceMs: { mean: mean(silences), p95: percentile(silences, 0.95), count: silences.length },
    repliesLost: replies.filter((heardMs) => heardMs < WHOLE_REPLY_MS).length,
    backchannels: replies.length,
  };
}

function defined(values: readonly (number | undefined)[]): number[] {
  return values.filter((value) => value !== undefined);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
