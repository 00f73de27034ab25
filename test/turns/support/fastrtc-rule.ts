import { WINDOW_MS } from "./simulated-voice.ts";

const BLOCK_MS = 600;
/** What Silero's options make of a block: shorter speech is none, and speech is padded by as much before it. */
const LEAST_SPEECH_MS = 250;
const PAD_MS = 400;
const STARTED_MS = 200;
const SPEECH_MS = 100;

/**
 * When FastRTC's own rule ends turns, by the probabilities of windows of 32 ms: it looks at blocks of 0.6 s, of which speech reaches
 * from its first window to the block's end, since only 2 s of silence would end it.
 * @param phaseMs When the first block begins.
 */
export function fastRtcTurnEnds(probabilities: readonly number[], phaseMs: number): readonly number[] {
  const ends: number[] = [];
  let started = false;
  for (let startMs = phaseMs; startMs + BLOCK_MS <= probabilities.length * WINDOW_MS; startMs += BLOCK_MS) {
    const first = Math.ceil(startMs / WINDOW_MS);
    const last = Math.floor((startMs + BLOCK_MS) / WINDOW_MS);
    const speech = probabilities.slice(first, last).findIndex((probability) => probability >= 0.5);
    const onsetMs = speech < 0 ? BLOCK_MS : (first + speech) * WINDOW_MS - startMs;
    const speechMs = BLOCK_MS - onsetMs > LEAST_SPEECH_MS ? BLOCK_MS - Math.max(0, onsetMs - PAD_MS) : 0;
    started ||= speechMs > STARTED_MS;
    if (!started || speechMs >= SPEECH_MS) continue;
    ends.push(startMs + BLOCK_MS);
    started = false;
  }
  return ends;
}
