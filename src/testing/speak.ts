import { FastRtcError } from "../errors.ts";
import type { AudioFrame } from "../media/audio-frame.ts";
import { EspeakVoice } from "../speech/tts/espeak-voice.ts";

/** How `speak` says it. */
export interface SpeakOptions {
  /** A voice of espeak-ng, such as "en", "de" or "en+f3". @default "en" */
  voice?: string;
  /** Words a minute, from 80 to 450. @default 160 */
  wordsPerMinute?: number;
  /** Stops it; the promise rejects with the signal's reason. */
  signal?: AbortSignal;
}

const espeak = new EspeakVoice("espeak-ng");

/**
 * Speech to feed to a handler, mono at 22,050 Hz, the same for the same words each time. Needs the program `espeak-ng`.
 * @throws {FastRtcError} `missing_package` when it is not installed, `invalid_option` for options out of their range,
 *   `speech_failed` when it does not know the voice or there is nothing to say.
 */
export async function speak(
  text: string,
  { voice = "en", wordsPerMinute = 160, signal = new AbortController().signal }: SpeakOptions = {},
): Promise<AudioFrame> {
  // The whole text at once: with a run for each sentence it would sound otherwise.
  const { value } = await espeak.speak(text, { voice, wordsPerMinute }, signal).next();
  if (value) return value;
  throw new FastRtcError("speech_failed", `espeak-ng said nothing for ${JSON.stringify(text.slice(0, 80))}.`);
}
