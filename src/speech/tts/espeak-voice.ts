import { z } from "zod";
import type { AudioFrame } from "../../media/audio-frame.ts";
import { parseWav } from "../../media/wav.ts";
import type { TextToSpeechOptions } from "../../session/voice-models.ts";
import { parseOptions } from "../parse-options.ts";
import { WorkQueue } from "../work-queue.ts";
import { runEspeak } from "./espeak-program.ts";
import type { Voice } from "./text-to-speech-model.ts";

/** How espeak-ng speaks. */
export interface EspeakTtsOptions extends TextToSpeechOptions {
  /** One of those that `espeak-ng --voices` lists, with a variant behind a plus if wanted: "de", "en-gb+f3". @default "en-us" */
  voice?: string;
  /** Words per minute, from 80 to 450. @default 175 */
  wordsPerMinute?: number;
  /** How high the voice is, from 0 to 99. @default 50 */
  pitch?: number;
}

const OPTIONS = z.strictObject({
  signal: z.instanceof(AbortSignal).optional(),
  voice: z
    .string()
    .regex(/^[\w+/-]{1,64}$/, "is no voice; espeak-ng --voices lists them")
    .refine((voice) => !voice.startsWith("-"), "is no voice; espeak-ng --voices lists them")
    .default("en-us"),
  wordsPerMinute: z.int().min(80).max(450).default(175),
  pitch: z.int().min(0).max(99).default(50),
});

/**
 * espeak-ng, a program that many systems have: it needs no model and no network, starts at once and sounds like a machine.
 * Each sentence is one run of it, with the text on its standard input.
 */
export class EspeakVoice implements Voice<EspeakTtsOptions> {
  readonly pauseMs = 0;
  readonly #program: string;
  readonly #queue = new WorkQueue({ name: "espeak-ng", concurrency: 4, capacity: 256 });

  /** @param program the program's name or path. */
  constructor(program: string) {
    this.#program = program;
  }

  check(options: EspeakTtsOptions): void {
    parseOptions(OPTIONS, options, "EspeakTtsOptions");
  }

  async *speak(
    sentence: string,
    options: EspeakTtsOptions,
    signal: AbortSignal,
  ): AsyncGenerator<AudioFrame, void, undefined> {
    const { voice, wordsPerMinute, pitch } = parseOptions(OPTIONS, options, "EspeakTtsOptions");
    // The first `-b 1` says that the text is UTF-8.
    const parameters = [
      "-b",
      "1",
      "-v",
      voice,
      "-s",
      String(wordsPerMinute),
      "-p",
      String(pitch),
      "--stdin",
      "--stdout",
    ];
    const run = { program: this.#program, parameters, input: sentence, signal };
    const file = await this.#queue.run(() => runEspeak(run), signal);
    if (file.byteLength > 0) yield parseWav(file);
  }

  async warmup(): Promise<void> {
    await this.#queue.run(() => runEspeak({ program: this.#program, parameters: ["--version"], input: "" }));
  }
}
