import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { FastRtcError } from "../../src/errors.ts";
import type { FuzzTarget } from "./fuzz-target.ts";
import { Mutator } from "./mutator.ts";

/** No input may take longer, in milliseconds: a hundred times what the slowest good ones take. */
const SLOW_MS = 20;
/**
 * How much more memory a target may hold after all its inputs than after the first fifth, in bytes: a stream that waits for a
 * packet holds up to 2048 others, with this fuzzer's inputs 8 MB.
 */
export const MAX_GROWTH_BYTES = 24 * 1024 * 1024;
/** A busy machine makes any input look slow once, but not every time. */
const REPETITIONS = 5;
/** How many failures are told of; more of the same help nobody. */
const MAX_FAILURES = 5;

export interface FuzzRunOptions {
  readonly inputs: number;
  readonly seed: number;
  /** Milliseconds after which a target is left, however many inputs it had. @default no limit */
  readonly maxMs?: number;
}

export interface FuzzFailure {
  readonly input: string;
  readonly reason: string;
}

/** What became of one target. */
export interface FuzzReport {
  readonly name: string;
  readonly inputs: number;
  /** How many it made sense of: with too few, only its first checks were tried. */
  readonly accepted: number;
  /** With the making of the input. */
  readonly cpuMicrosecondsPerInput: number;
  readonly slowestMs: number;
  readonly grownBytes: number;
  readonly failures: readonly FuzzFailure[];
}

/** Gives a target its inputs. The same seed gives the same ones. */
export async function fuzz(
  target: FuzzTarget,
  { inputs, seed, maxMs = Infinity }: FuzzRunOptions,
): Promise<FuzzReport> {
  const { corpus, tokens, name } = target;
  const mutator = new Mutator({ corpus, tokens, seed });
  const read = target.open();
  const failures: FuzzFailure[] = [];
  const warmUp = Math.ceil(inputs / 5);
  const startMs = performance.now();
  const cpuBefore = process.cpuUsage();
  let accepted = 0;
  let slowestMs = 0;
  let count = 0;
  let memoryBefore = 0;
  for (; count < inputs && failures.length < MAX_FAILURES; count += 1) {
    if (count % 1024 === 0) {
      await new Promise((resolve) => setImmediate(resolve)); // What a target put off is done now.
      if (performance.now() - startMs > maxMs) break;
    }
    if (count === warmUp) memoryBefore = heldBytes();
    const input = mutator.next();
    const beganMs = performance.now();
    const outcome = readOnce(target, read, input);
    let tookMs = performance.now() - beganMs;
    if (outcome === true) accepted += 1;
    else if (outcome !== false) failures.push({ input: hex(input), reason: outcome });
    if (tookMs > SLOW_MS) tookMs = Math.min(tookMs, leastTime(target, input));
    if (tookMs > SLOW_MS) failures.push({ input: hex(input), reason: `it takes ${tookMs.toFixed(1)} ms` });
    slowestMs = Math.max(slowestMs, tookMs);
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    name,
    inputs: count,
    accepted,
    cpuMicrosecondsPerInput: (user + system) / Math.max(1, count),
    slowestMs,
    grownBytes: count > warmUp ? heldBytes() - memoryBefore : 0,
    failures,
  };
}

/** Whether the input made sense, or what is wrong with the target. */
function readOnce(
  { refusals = [] }: FuzzTarget,
  read: (bytes: Uint8Array) => boolean,
  input: Uint8Array,
): boolean | string {
  try {
    return read(input);
  } catch (thrown) {
    if (thrown instanceof FastRtcError && refusals.includes(thrown.code)) return false;
    return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  }
}

function leastTime(target: FuzzTarget, input: Uint8Array): number {
  const times = Array.from({ length: REPETITIONS }, () => {
    const read = target.open();
    const beganMs = performance.now();
    readOnce(target, read, input);
    return performance.now() - beganMs;
  });
  return Math.min(...times);
}

let collectGarbage: (() => void) | undefined;

/** The memory that is left after a collection. */
function heldBytes(): number {
  if (!collectGarbage) {
    setFlagsFromString("--expose-gc");
    collectGarbage = runInNewContext("gc") as () => void;
  }
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
