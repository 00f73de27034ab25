import { startProgram } from "../process/child-process.ts";

/** What listening to many voices at once costs a process that does nothing else. */
export interface VoicesResult {
  readonly voices: number;
  /** CPU time of the whole process, less that of waking up with nothing to do. */
  readonly cpuMsPerSecond: number;
  /** The same for one window of 32 ms. */
  readonly cpuUsPerWindow: number;
  readonly longestWindowMs: number;
  /** How late the process's other work is, as Node measures it with a timer of 1 ms. */
  readonly loopDelayP99Ms: number;
  /** How much of what was heard is speech: the same in every run, or something is wrong. */
  readonly speechShare: number;
}

/** Silero VAD on one voice, then on more, each number in a process of its own. */
export async function measureVoices(counts: readonly number[], seconds: number): Promise<readonly VoicesResult[]> {
  const results: VoicesResult[] = [];
  for (const voices of counts) {
    const program = new URL("../speech/voices-program.ts", import.meta.url);
    await using child = startProgram("voices", program, [String(voices), String(seconds)]);
    const code = await child.ended((seconds + 30) * 1000);
    const result = child.output.split("\n").find((line) => line.startsWith("{"));
    if (code !== 0 || result === undefined) throw new Error(`Listening to ${voices} voices failed:\n${child.output}`);
    results.push(JSON.parse(result) as VoicesResult);
  }
  return results;
}
