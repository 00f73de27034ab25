import { spawn } from "node:child_process";
import { FastRtcError, toError } from "../../errors.ts";

/** The longest speech that is taken, in bytes: some twenty minutes. A sentence takes a few hundred kilobytes. */
const MAXIMUM_BYTES = 64 * 1024 * 1024;
/** How much is kept of what it complains of, in characters. */
const MAXIMUM_COMPLAINT = 1000;

/** One run of espeak-ng. */
export interface EspeakRun {
  /** The program's name or path. */
  readonly program: string;
  readonly parameters: readonly string[];
  /** What it reads. */
  readonly input: string;
  /** Kills it; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs espeak-ng to its end, and gives what it wrote.
 * @throws {FastRtcError} `missing_package` when it is not installed, `speech_failed` when it fails or never stops.
 */
export function runEspeak({ program, parameters, input, signal }: EspeakRun): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { signal, killSignal: "SIGKILL", stdio: "pipe" });
    const chunks: Buffer[] = [];
    let length = 0;
    let complaint = "";
    child.stdout.on("data", (chunk: Buffer) => {
      length += chunk.byteLength;
      if (length > MAXIMUM_BYTES) child.kill("SIGKILL");
      else chunks.push(chunk);
    });
    child.stderr.on("data", (chunk: Buffer) => {
      complaint = (complaint + chunk.toString()).slice(0, MAXIMUM_COMPLAINT);
    });
    child.on("error", (error) => reject(signal?.aborted === true ? signal.reason : notStarted(program, error)));
    child.on("close", (code) => {
      if (signal?.aborted === true) reject(signal.reason);
      else if (length > MAXIMUM_BYTES) reject(tooLong());
      else if (code === 0) resolve(Buffer.concat(chunks));
      else reject(failed(code, complaint));
    });
    // A program that ends early closes its input; why it did is told by its exit code.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
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

function tooLong(): FastRtcError {
  return new FastRtcError("speech_failed", "The text takes more than twenty minutes to say. Say it in parts.");
}

function failed(code: number | null, complaint: string): FastRtcError {
  const reason = complaint.replace(/\s+/g, " ").replace(/[\s.]+$/, "") || "it was killed";
  return new FastRtcError("speech_failed", `espeak-ng ended with ${code ?? "a signal"}: ${reason}.`);
}
