import { setTimeout as sleep } from "node:timers/promises";
import { getTtsModel } from "fastrtc";
import { resampled } from "./local-ear.ts";

const PIECE_MS = 100;

/** A text spoken by espeak-ng in 24 kHz, 100 ms at a time and five times as fast as it sounds, as these services send it. */
export async function* localVoice(text: string, signal: AbortSignal): AsyncGenerator<Int16Array, void, undefined> {
  const spoken = await getTtsModel("espeak-ng").tts(text, { signal });
  const samples = resampled(spoken.toInt16(), spoken.sampleRate, 24_000);
  const step = (24_000 * PIECE_MS) / 1000;
  for (let at = 0; at < samples.length; at += step) {
    yield samples.subarray(at, at + step);
    await sleep(PIECE_MS / 5, undefined, { signal });
  }
}

/** 16-bit samples as these services write them into their JSON: little-endian, base64. */
export function toBase64(samples: Int16Array): string {
  return Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength).toString("base64");
}

/** The reverse. */
export function fromBase64(text: string): Int16Array {
  const bytes = Uint8Array.from(Buffer.from(text, "base64"));
  return new Int16Array(bytes.buffer, 0, bytes.byteLength >> 1);
}
