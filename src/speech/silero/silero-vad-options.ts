import { z } from "zod";
import { parseOptions } from "../parse-options.ts";
import { WINDOW_SAMPLES } from "./silero-network.ts";

/** How speech is told from silence in a piece of sound, under FastRTC's names. */
export interface SileroVadOptions {
  /** From which probability on a window counts as speech, from 0 to 1; speech ends below 0.15 less. @default 0.5 */
  threshold?: number;
  /** Speech that is shorter is left out, in milliseconds. @default 250 */
  minSpeechDurationMs?: number;
  /** Longer speech is cut, at its last silence of 98 ms where there is one, in seconds. @default Infinity */
  maxSpeechDurationS?: number;
  /** How long a silence parts two pieces of speech, in milliseconds. @default 2000 */
  minSilenceDurationMs?: number;
  /** Samples at 16 kHz that are judged at a time, by the loudest answer among them: a multiple of 512. @default 1024 */
  windowSizeSamples?: number;
  /** How much sound around speech belongs to it, in milliseconds. @default 400 */
  speechPadMs?: number;
}

const OPTIONS = z.strictObject({
  threshold: z.number().min(0).max(1).default(0.5),
  minSpeechDurationMs: z.number().min(0).default(250),
  // z.number() takes no infinity.
  maxSpeechDurationS: z.union([z.number().positive(), z.literal(Infinity)]).default(Infinity),
  minSilenceDurationMs: z.number().min(0).default(2000),
  windowSizeSamples: z.int().positive().multipleOf(WINDOW_SAMPLES).default(1024),
  speechPadMs: z.number().min(0).default(400),
});

/** All options with their defaults. @throws {FastRtcError} `invalid_option` naming the options at fault. */
export function parseSileroVadOptions(options: SileroVadOptions): Required<SileroVadOptions> {
  return parseOptions(OPTIONS, options, "SileroVadOptions");
}
