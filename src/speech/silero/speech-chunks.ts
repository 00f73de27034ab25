import type { AudioChunk } from "../../session/voice-models.ts";
import type { SileroVadOptions } from "./silero-vad-options.ts";

const SAMPLES_PER_MS = 16;
/** How much less than the threshold a probability has to be for silence. */
const HYSTERESIS = 0.15;
/** A silence in which speech that has become too long may be cut. */
const CUT_SILENCE_SAMPLES = 98 * SAMPLES_PER_MS;

type Options = Required<SileroVadOptions>;

/** Speech that goes on, with what is known of the silences in it. Positions are samples from the beginning. */
interface Speech {
  readonly start: number;
  /** Where the silence began that may become its end. */
  silenceStart: number | undefined;
  /** The last silence that is long enough to cut at, and where speech began again after it. */
  cut: { readonly end: number; resumed: number | undefined } | undefined;
}

/**
 * Where speech is, from the probabilities of windows that follow each other: the rules of Silero's and FastRTC's
 * functions for recordings, so that FastRTC's options mean the same.
 * @param sampleCount how long the sound is, in samples of 16 kHz.
 */
export function speechChunks(
  probabilities: readonly number[],
  sampleCount: number,
  options: Options,
): readonly AudioChunk[] {
  return padded(spokenParts(probabilities, sampleCount, options), sampleCount, options.speechPadMs * SAMPLES_PER_MS);
}

function spokenParts(probabilities: readonly number[], sampleCount: number, options: Options): AudioChunk[] {
  const { threshold, windowSizeSamples, minSpeechDurationMs, minSilenceDurationMs, speechPadMs } = options;
  const minimum = minSpeechDurationMs * SAMPLES_PER_MS;
  const padding = speechPadMs * SAMPLES_PER_MS;
  const maximum = options.maxSpeechDurationS * 1000 * SAMPLES_PER_MS - windowSizeSamples - 2 * padding;
  const parts: AudioChunk[] = [];
  let speech: Speech | undefined;

  for (const [index, probability] of probabilities.entries()) {
    const position = index * windowSizeSamples;
    if (!speech) {
      if (probability >= threshold) speech = beginning(position);
      continue;
    }
    if (probability >= threshold && speech.silenceStart !== undefined) {
      speech.silenceStart = undefined;
      if (speech.cut) speech.cut.resumed ??= position;
    }
    if (position - speech.start > maximum) {
      const { cut }: Speech = speech;
      parts.push({ start: speech.start, end: cut?.end ?? position });
      speech = cut?.resumed === undefined ? undefined : beginning(cut.resumed);
      if (!speech) continue;
    }
    if (probability >= threshold - HYSTERESIS) continue;
    speech.silenceStart ??= position;
    const silence = position - speech.silenceStart;
    if (silence > CUT_SILENCE_SAMPLES && speech.cut?.end !== speech.silenceStart) {
      speech.cut = { end: speech.silenceStart, resumed: undefined };
    }
    if (silence >= minSilenceDurationMs * SAMPLES_PER_MS) {
      if (speech.silenceStart - speech.start > minimum) parts.push({ start: speech.start, end: speech.silenceStart });
      speech = undefined;
    }
  }
  if (speech && sampleCount - speech.start > minimum) parts.push({ start: speech.start, end: sampleCount });
  return parts;
}

function beginning(start: number): Speech {
  return { start, silenceStart: undefined, cut: undefined };
}

/** Gives each part some of the silence around it; two that lie close share the silence between them. */
function padded(parts: readonly AudioChunk[], sampleCount: number, padding: number): readonly AudioChunk[] {
  return parts.map(({ start, end }, index) => {
    const before = parts[index - 1];
    const after = parts[index + 1];
    const paddingBefore = before && start - before.end < 2 * padding ? (start - before.end) >> 1 : padding;
    const paddingAfter = after && after.start - end < 2 * padding ? (after.start - end) >> 1 : padding;
    return {
      start: Math.max(0, Math.floor(start - paddingBefore)),
      end: Math.min(sampleCount, Math.floor(end + paddingAfter)),
    };
  });
}
