import { joined } from "../media/joined.ts";

/** What FastRTC's own rule knows of a turn: the third argument of `determinePause`. */
export class AppState {
  /** What was said since somebody started talking. */
  stream: Int16Array | null = null;
  /** What `determinePause` has not looked at; it sets this to null when it has. */
  buffer: Int16Array | null = null;
  /** Samples per second of both. */
  samplingRate = 0;
  /** Whether somebody has started talking. */
  startedTalking = false;
  /** What `determinePause` said last. */
  pauseDetected = false;
}

/** Two pieces of sound as one. */
export function joinedSamples(first: Int16Array | null, second: Int16Array): Int16Array {
  return joined(first ? [first, second] : [second], (length) => new Int16Array(length));
}
