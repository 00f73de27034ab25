import type { AudioChunk, ModelAudio, SpeechToText } from "../../session/voice-models.ts";

/** What chunks of speech are counted in: samples of 16 kHz. */
const CHUNK_RATE = 16_000;

/**
 * FastRTC's `stt_for_chunks`: writes down those parts of a sound that `vad` found speech in, and joins their texts by spaces.
 * @param audio mono sound of any rate.
 */
export async function sttForChunks(
  model: SpeechToText,
  [sampleRate, samples]: ModelAudio,
  chunks: readonly AudioChunk[],
): Promise<string> {
  const texts: string[] = [];
  for (const { start, end } of chunks) {
    const [from, to] = [start, end].map((position) => Math.round((position * sampleRate) / CHUNK_RATE));
    texts.push(await model.stt([sampleRate, samples.subarray(from, to)]));
  }
  return texts.join(" ");
}
