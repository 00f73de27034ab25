import { z } from "zod";
import { FastRtcError } from "../errors.ts";
import type { AlgoOptions, Duplex, TurnOptions } from "./algo-options.ts";

/** Longest turn, in seconds: what is said is kept until it ends. */
const MAX_TURN_S = 300;
/** What share of `audioChunkDuration` has to be silent: of a turn that sounds finished, that leaves it open, that sounds unfinished. */
const FINISHED_SHARE = 0.25;
const OPEN_SHARE = 1;
const UNFINISHED_SHARE = 2;
/** What share of it is silent before the voice is judged. */
const JUDGED_SHARE = 0.25;
/** How far a voice that was heard may fall below the threshold and still be heard, as in Silero's own algorithm. */
const HYSTERESIS = 0.15;

/** The rules of turn-taking as the turn machine applies them: times in milliseconds, probabilities from 0 to 1. */
export interface TurnRules {
  readonly duplex: Duplex;
  /** Whether the caller may interrupt. */
  readonly canInterrupt: boolean;
  /** From which probability a window is speech, and from which it still is after speech. */
  readonly speechProbability: number;
  readonly stillSpeechProbability: number;
  /** How much speech, within how long, begins a turn. */
  readonly startMs: number;
  readonly startWithinMs: number;
  /** How much speech does not break a silence. */
  readonly blipMs: number;
  /** After how much silence the voice is judged. */
  readonly judgeAfterMs: number;
  /** How much silence ends a turn: that sounds finished, that leaves it open, that sounds unfinished. */
  readonly finishedSilenceMs: number;
  readonly silenceMs: number;
  readonly unfinishedSilenceMs: number;
  readonly maxTurnMs: number;
  readonly preRollMs: number;
  readonly holdAfterMs: number;
  readonly interruptAfterMs: number;
  readonly resumeAfterMs: number;
  readonly continueWithinMs: number;
  readonly echoTailMs: number;
}

const seconds = (least: number, most: number) => {
  const error = `a number of seconds from ${least} to ${most}`;
  return z.number({ error }).min(least, { error }).max(most, { error });
};
const milliseconds = (most: number) => {
  const error = `a number of milliseconds from 0 to ${most}`;
  return z.number({ error }).min(0, { error }).max(most, { error });
};
const above0 = "a number of seconds above 0, or Infinity";

const algoSchema = z.strictObject({
  audioChunkDuration: seconds(0.1, 10).default(0.6),
  startedTalkingThreshold: seconds(0, 10).default(0.2),
  speechThreshold: seconds(0, 10).default(0.1),
  maxContinuousSpeechS: z
    .union([z.number().positive(), z.literal(Number.POSITIVE_INFINITY)], { error: above0 })
    .default(Number.POSITIVE_INFINITY),
});

const turnSchema = z.strictObject({
  duplex: z.enum(["full", "half", "push-to-talk"]).default("full"),
  preRollMs: milliseconds(2000).optional(),
  holdAfterMs: milliseconds(5000).default(64),
  interruptAfterMs: milliseconds(60_000).default(608),
  resumeAfterMs: milliseconds(5000).default(224),
  continueWithinMs: milliseconds(10_000).default(1200),
  echoTailMs: milliseconds(5000).default(200),
});

/** What of a model's options concerns the rules. */
const modelSchema = z.looseObject({
  threshold: z.number().min(0).max(1).catch(0.5).default(0.5),
  speechPadMs: z.number().min(0).max(2000).catch(400).default(400),
});

/** FastRTC's options with every default filled in. */
export type ResolvedAlgoOptions = Required<AlgoOptions>;

/** @throws {FastRtcError} `invalid_option` with a line for each option at fault. */
export function parseAlgoOptions(options: AlgoOptions | undefined): ResolvedAlgoOptions {
  return parsed(algoSchema, options ?? {}, "algoOptions");
}

export interface TurnRuleOptions {
  readonly algoOptions: ResolvedAlgoOptions;
  readonly turnOptions: TurnOptions | undefined;
  readonly modelOptions: object | undefined;
  readonly canInterrupt: boolean;
}

/**
 * What FastRTC's options mean for the turn machine. Of a model's options its `threshold` is the probability from which a window
 * is speech, and its `speechPadMs` how much sound before the first word belongs to a turn.
 * @throws {FastRtcError} `invalid_option` with a line for each option at fault.
 */
export function turnRules({ algoOptions, turnOptions, modelOptions, canInterrupt }: TurnRuleOptions): TurnRules {
  const { audioChunkDuration, startedTalkingThreshold, speechThreshold, maxContinuousSpeechS } = algoOptions;
  const turn = parsed(turnSchema, turnOptions ?? {}, "turnOptions");
  const { threshold, speechPadMs } = modelSchema.parse(modelOptions ?? {});
  const chunkMs = audioChunkDuration * 1000;
  return {
    ...turn,
    canInterrupt,
    speechProbability: threshold,
    stillSpeechProbability: Math.max(0, threshold - HYSTERESIS),
    startMs: startedTalkingThreshold * 1000,
    startWithinMs: Math.max(chunkMs, startedTalkingThreshold * 1500),
    blipMs: speechThreshold * 1000,
    judgeAfterMs: chunkMs * JUDGED_SHARE,
    finishedSilenceMs: chunkMs * FINISHED_SHARE,
    silenceMs: chunkMs * OPEN_SHARE,
    unfinishedSilenceMs: chunkMs * UNFINISHED_SHARE,
    maxTurnMs: Math.min(maxContinuousSpeechS, MAX_TURN_S) * 1000,
    preRollMs: turn.preRollMs ?? speechPadMs,
  };
}

function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown, name: string): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new FastRtcError("invalid_option", `${name} cannot be used:\n${z.prettifyError(result.error)}`);
}
