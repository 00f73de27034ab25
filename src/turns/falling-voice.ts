import type { EndOfTurnModel } from "../session/voice-models.ts";
import { pitchTrack } from "./pitch-track.ts";

/** How much of a turn is listened to, in samples of 16 kHz: its last 3 s. */
const LISTENED = 3 * 16_000;
/** How many moments with a pitch there have to be for a judgement, a fifth of a second of voice. */
const LEAST_MOMENTS = 10;
/** How many moments are the end of the voice. */
const END_MOMENTS = 4;
/** How far the voice falls below its middle at the end of a statement, in semitones. */
const FALL_SEMITONES = 2.6;
/** How fast doubt ends around that, in semitones. */
const SOFTNESS_SEMITONES = 0.5;

/**
 * Judges the end of a turn by the fall of the voice: who has finished a statement or a question with a question word lets it fall by
 * some semitones, who only pauses keeps it up. It never says that a turn goes on, because many end without a fall; so
 * it makes answers quicker and cuts nobody off who would not be cut off without it.
 */
export const fallingVoice: EndOfTurnModel = {
  probability(audio) {
    const moments = pitchTrack(audio.subarray(Math.max(0, audio.length - LISTENED)));
    if (moments.length < LEAST_MOMENTS) return 0.5 - Number.EPSILON;
    const fall = median(moments) - median(moments.slice(-END_MOMENTS));
    const probability = 1 / (1 + Math.exp((FALL_SEMITONES - fall) / SOFTNESS_SEMITONES));
    return Math.max(0.5 - Number.EPSILON, probability);
  },
};

function median(moments: ReturnType<typeof pitchTrack>): number {
  const sorted = moments.map(({ semitones }) => semitones).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}
