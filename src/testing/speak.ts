import { spawn } from "node:child_process";
import { FastRtcError } from "../errors.ts";
import type { AudioFrame } from "../media/audio-frame.ts";
import { parseWav } from "../media/wav.ts";

/** The longest speech that is taken, in bytes: some ten minutes. */
const MAX_WAV_BYTES = 32 * 1024 * 1024;

/** How `speak` says it. */
export interface SpeakOptions {
  /** A voice of espeak-ng, such as "en", "de" or "en+f3". @default "en" */
  voice?: string;
  /** Words a minute, from 80 to 450. @default 160 */
  wordsPerMinute?: number;
  /** Stops it; the promise rejects with the signal's reason. */
  signal?: AbortSignal;
}

/**
 * Speech to feed to a handler, mono at 22,050 Hz, the same for the same words each time. Needs the program `espeak-ng`.
 * @throws {FastRtcError} `invalid_argument` when it is not installed, or does not know the voice.
 */
export async function speak(
  text: string,
  { voice = "en", wordsPerMinute = 160, signal }: SpeakOptions = {},
): Promise<AudioFrame> {
  signal?.throwIfAborted();
  const child = spawn("espeak-ng", ["--stdout", "--stdin", "-v", voice, "-s", String(wordsPerMinute)], {
    ...(signal && { signal }),
  });
  const pieces: Buffer[] = [];
  const complaints: Buffer[] = [];
  let byteLength = 0;
  child.stdout.on("data", (piece: Buffer) => {
    byteLength += piece.byteLength;
    if (byteLength > MAX_WAV_BYTES) child.kill();
    else pieces.push(piece);
  });
  child.stderr.on("data", (piece: Buffer) => complaints.length < 16 && complaints.push(piece));
  // A program that is not there, or ends at once, does not read; why is told by the events below.
  child.stdin.on("error", () => {});
  child.stdin.end(text);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "ENOENT" ? notInstalled(error) : error);
    });
    child.on("close", resolve);
  });
  if (byteLength > MAX_WAV_BYTES) {
    throw new FastRtcError("invalid_argument", "The text takes more than ten minutes to say. Say it in parts.");
  }
  if (code !== 0 || pieces.length === 0) {
    const complaint = Buffer.concat(complaints).toString("utf8").trim();
    throw new FastRtcError("invalid_argument", `espeak-ng said nothing (code ${code}): ${complaint}`);
  }
  return parseWav(Buffer.concat(pieces));
}

function notInstalled(cause: Error): FastRtcError {
  return new FastRtcError(
    "invalid_argument",
    "speak() needs the program espeak-ng: apt-get install espeak-ng, or brew install espeak-ng.",
    { cause },
  );
}
