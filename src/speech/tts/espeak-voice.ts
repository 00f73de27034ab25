import { spawn } from "node:child_process";
import { z } from "zod";
import { FastRtcError, toError } from "../../errors.ts";
import type { AudioFrame } from "../../media/audio-frame.ts";
import { parseWav } from "../../media/wav.ts";
import type { TextToSpeechOptions } from "../../session/voice-models.ts";
import { parseOptions } from "../parse-options.ts";
import { WorkQueue } from "../work-queue.ts";
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

/** A sentence takes some hundred kilobytes; more than this is not one. */
const MAXIMUM_BYTES = 64 * 1024 * 1024;
/** What is kept of what it complains of. */
const MAXIMUM_COMPLAINT = 1000;

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
    const speaking = ["-b", "1", "-v", voice, "-s", String(wordsPerMinute), "-p", String(pitch), "--stdin", "--stdout"];
    const file = await this.#queue.run(() => this.#run(speaking, sentence, signal), signal);
    if (file.byteLength > 0) yield parseWav(file);
  }

  async warmup(): Promise<void> {
    await this.#queue.run(() => this.#run(["--version"], "", undefined));
  }

  /** Runs the program to its end, and kills it when the signal aborts. */
  #run(parameters: readonly string[], input: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const child = spawn(this.#program, parameters, { signal, killSignal: "SIGKILL", stdio: "pipe" });
      const chunks: Buffer[] = [];
      let length = 0;
      let complaint = "";
      child.stdout.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.byteLength;
        if (length > MAXIMUM_BYTES) child.kill("SIGKILL");
      });
      child.stderr.on("data", (chunk: Buffer) => {
        complaint = (complaint + chunk.toString()).slice(0, MAXIMUM_COMPLAINT);
      });
      child.on("error", (error) => reject(signal?.aborted === true ? signal.reason : notStarted(this.#program, error)));
      child.on("close", (code) => {
        if (code === 0) resolve(Buffer.concat(chunks));
        else reject(signal?.aborted === true ? signal.reason : failed(code, complaint));
      });
      // A program that ends early closes its input; why it did is told by its exit code.
      child.stdin.on("error", () => {});
      child.stdin.end(input);
    });
  }
}

function notStarted(program: string, error: Error): FastRtcError {
  if ("code" in error && error.code === "ENOENT") {
    return new FastRtcError(
      "missing_package",
      `The program ${program} is not installed. Install it (apt-get install espeak-ng, brew install espeak-ng, winget install ` +
        `espeak-ng), or use another voice.`,
      { cause: error },
    );
  }
  return new FastRtcError("speech_failed", `${program} cannot be started: ${toError(error).message}.`, {
    cause: error,
  });
}

function failed(code: number | null, complaint: string): FastRtcError {
  const reason = complaint.replace(/\s+/g, " ").replace(/[\s.]+$/, "") || "it was killed";
  return new FastRtcError("speech_failed", `espeak-ng ended with ${code ?? "a signal"}: ${reason}.`);
}
