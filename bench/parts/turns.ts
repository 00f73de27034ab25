import { dialogues, SEEDS } from "../turns/dialogue.ts";
import { type DialogueOutcome, runDialogue } from "../turns/dialogue-run.ts";
import { connectOwn } from "../turns/own-turn-peer.ts";
import { PythonTurns } from "../turns/python-turns.ts";
import type { Rule, TurnPeer } from "../turns/turn-peer.ts";
import { percentile } from "../report/statistics.ts";

/** How turns were taken in all dialogues by one rule. */
export interface TurnsResult {
  readonly rule: Rule;
  /** Whether the defaults were chosen by these dialogues, or are judged by them. */
  readonly seeds: keyof typeof SEEDS;
  readonly dialogues: number;
  /** From the end of the last word to the call of the reply function, in milliseconds. */
  readonly endToHandlerMs: { readonly mean: number; readonly p95: number };
  readonly unanswered: number;
  readonly falseCuts: number;
  readonly pauses: number;
  readonly firstSyllablesLost: number;
  /** From the onset of an interruption to the reply's silence, in milliseconds, over a connection without a delay. */
  readonly onsetToSilenceMs: { readonly mean: number; readonly p95: number; readonly count: number };
  /** Replies of which less than all was heard because of a backchannel below 0.4 s or a cough, and how many there were. */
  readonly repliesLost: number;
  readonly backchannels: number;
}

/** What a reply has to have been heard of, in milliseconds: all, but for what a measurement by 10 ms cannot see. */
const WHOLE_REPLY_MS = 3960;

export interface TurnsOptions {
  readonly count: number;
  readonly seeds?: keyof typeof SEEDS;
  /** Whether Python's FastRTC takes the same turns. */
  readonly withPython: boolean;
}

/** The same dialogues by each rule, with the same voice detector, in simulated time. */
export async function measureTurns({
  count,
  seeds = "reporting",
  withPython,
}: TurnsOptions): Promise<readonly TurnsResult[]> {
  await using python = withPython ? await PythonTurns.start() : undefined;
  const connect: readonly (() => Promise<TurnPeer>)[] = [
    () => connectOwn("fastrtc for TypeScript"),
    () => connectOwn("FastRTC's rule"),
    ...(python ? [() => python.connect()] : []),
  ];
  const outcomes = new Map<Rule, DialogueOutcome[]>();
  let pauses = 0;
  for await (const dialogue of dialogues(count, SEEDS[seeds])) {
    pauses += dialogue.pausesMs.length;
    for (const begin of connect) {
      await using peer = await begin();
      const all = outcomes.get(peer.rule) ?? [];
      outcomes.set(peer.rule, [...all, await runDialogue(dialogue, peer)]);
    }
  }
  return [...outcomes].map(([rule, all]) => ({ rule, seeds, pauses, ...summary(all) }));
}

function summary(all: readonly DialogueOutcome[]): Omit<TurnsResult, "rule" | "seeds" | "pauses"> {
  const ends = defined(all.map(({ endToHandlerMs }) => endToHandlerMs));
  const silences = defined(all.map(({ onsetToSilenceMs }) => onsetToSilenceMs));
  const replies = defined(all.map(({ replyHeardMs }) => replyHeardMs));
  return {
    dialogues: all.length,
    endToHandlerMs: { mean: mean(ends), p95: percentile(ends, 0.95) },
    unanswered: all.length - ends.length,
    falseCuts: all.reduce((sum, { falseCuts }) => sum + falseCuts, 0),
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
