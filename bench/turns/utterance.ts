import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { audioToInt16 } from "fastrtc";
import { parseWav } from "fastrtc/testing";

const run = promisify(execFile);

/** What is quieter is silence: espeak-ng's own lies below. */
const SILENCE = 200;
/** How many bytes of speech espeak-ng may give: a minute. */
const MAX_BYTES = 8 * 1024 * 1024;

/** Something said: its sound from the first to the last audible sample. */
export interface Utterance {
  readonly sampleRate: number;
  readonly samples: Int16Array;
  readonly durationMs: number;
}

export interface Speaker {
  readonly voice: string;
  /** 0 to 99. */
  readonly pitch: number;
  readonly wordsPerMinute: number;
}

/** How long it is silent within an utterance for that to be a pause: a stop in a word is shorter. */
const LEAST_PAUSE_MS = 150;

/** A sound of a rate. */
export function utterance(samples: Int16Array, sampleRate: number): Utterance {
  return { sampleRate, samples, durationMs: (samples.length * 1000) / sampleRate };
}

/** Has espeak-ng say something; text may be SSML. */
export async function say(text: string, { voice, pitch, wordsPerMinute }: Speaker): Promise<Utterance> {
  const options = ["-v", voice, "-p", String(pitch), "-s", String(wordsPerMinute), "-m", "--stdout", text];
  const { stdout } = await run("espeak-ng", options, { encoding: "buffer", maxBuffer: MAX_BYTES });
  const audio = parseWav(stdout);
  const samples = audioToInt16(audio.samples);
  const first = samples.findIndex((sample) => Math.abs(sample) > SILENCE);
  const last = samples.findLastIndex((sample) => Math.abs(sample) > SILENCE);
  return utterance(samples.slice(Math.max(0, first), last + 1), audio.sampleRate);
}

/** How long an utterance is silent, each time, in milliseconds. */
export function pausesIn({ samples, sampleRate }: Utterance): number[] {
  const pauses: number[] = [];
  let silent = 0;
  for (const sample of samples) {
    if (Math.abs(sample) <= SILENCE) {
      silent += 1;
      continue;
    }
    const ms = (silent * 1000) / sampleRate;
    if (ms >= LEAST_PAUSE_MS) pauses.push(Math.round(ms));
    silent = 0;
  }
  return pauses;
}
