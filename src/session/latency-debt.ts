/** How long sound is watched before it is judged, in milliseconds. */
const WINDOW_MS = 2000;
/** Sound that never waits for less than this is late for no reason, in milliseconds … */
const TOLERATED_MS = 60;
/** … and this much of it is left against jitter. */
const KEPT_MS = 20;
/** How much more than real time a producer may deliver in a window besides the piece at its edge, in milliseconds. */
const REAL_TIME_MARGIN_MS = 5;
/** From this much on sound that has no quiet is cut, in milliseconds: somebody who keeps some sound in hand means it. */
const CUT_FROM_MS = 200;
/** How long quiet is waited for before sound is cut, and then from one cut to the next, in milliseconds. */
const CUT_AFTER_MS = 3000;
const CUT_EVERY_MS = 400;
/** How far the sound given may run ahead of the sound received for a handler to be in step, and how much of what was received it may owe. */
const STEP_MARGIN_MS = 100;
const MAX_CREDIT_MS = 200;
/** Below this root mean square sound is quiet: -50 dBFS. */
const QUIET_RMS = 32_768 * 10 ** (-50 / 20);

/** What becomes of a packet: it is sent, left out, or made one with the packet behind it. */
export type PacketFate = "send" | "drop" | "merge";

/**
 * Notices sound that is late for good, and says how it catches up. What a stalled network delivered in one go, or what a
 * faster clock on the other side adds up to (100 ppm are 360 ms an hour), would otherwise stay between a live producer and
 * the listener for ever.
 *
 * Sound is late for good when over two seconds it never waited for less than 60 ms, although its producer delivered no more
 * than real time: then nothing would be missed without it. Quiet packets are left out; when 200 ms or more wait and no quiet came
 * for three seconds, packets are merged two to one, every 400 ms. A producer that is faster than real time, such as synthesised
 * speech, is never touched.
 *
 * Where the peer sends sound, a live producer is known by its step besides: since all that it gave had been played, it never gave
 * more than it had just received. Synthesised speech leaves that step with its first sentence, and stays out of it even when
 * only the outlet's bound or its maker slows it down to real time. So a live producer may be held back, too, as a long stall will do:
 * what it then keeps in a queue of its own is caught up with as well.
 */
export class LatencyDebt {
  readonly #packetMs: number;
  #windowBeganMs: number;
  #deliveredMs = 0;
  #longestPieceMs = 0;
  #leastWaitingMs = Infinity;
  /** How much is to be caught up. */
  #owedMs = 0;
  #mayCut = false;
  /** Whether the peer sends sound; how much more of it was received than given, of late, and whether no more than that was given since the outlet ran empty. */
  #hasInput = false;
  #creditMs = 0;
  #isInStep = true;
  /** Whether the producer was held back since then. */
  #wasHeldBack = false;
  /** When quiet was found last, or looked for first, or sound was cut. */
  #cutAtMs = Infinity;

  constructor(packetMs: number, nowMs: number) {
    this.#packetMs = packetMs;
    this.#windowBeganMs = nowMs;
  }

  /** How much is to be caught up, in milliseconds. */
  get owedMs(): number {
    return this.#owedMs;
  }

  /** The producer was given a piece of what the peer sends. */
  received(pieceMs: number): void {
    this.#hasInput = true;
    // All of a piece that a stall made long may come back, but only before the next one.
    this.#creditMs = Math.min(Math.max(MAX_CREDIT_MS, pieceMs), this.#creditMs + pieceMs);
  }

  /** The producer delivered a piece. */
  delivered(pieceMs: number): void {
    this.#deliveredMs += pieceMs;
    this.#creditMs -= pieceMs;
    if (this.#creditMs < -STEP_MARGIN_MS) this.#isInStep = false;
    this.#longestPieceMs = Math.max(this.#longestPieceMs, pieceMs);
  }

  /** The producer has to wait. */
  heldBack(nowMs: number): void {
    this.#wasHeldBack = true;
    if (!this.#isInStep) this.reset(nowMs);
  }

  /** The sound waits on purpose until all of it has been played. */
  held(nowMs: number): void {
    this.#isInStep = false;
    this.reset(nowMs);
  }

  /** Begins anew: the producer was held back, or the sound was held or dropped. */
  reset(nowMs: number): void {
    this.#owedMs = 0;
    this.#beginWindow(nowMs);
  }

  /** What was due has left, and so much waits still. */
  observe(waitingMs: number, nowMs: number): void {
    this.#leastWaitingMs = Math.min(this.#leastWaitingMs, waitingMs);
    if (waitingMs < this.#packetMs) {
      this.#isInStep = true;
      this.#wasHeldBack = false;
      this.#creditMs = Math.max(0, this.#creditMs);
    }
    const elapsedMs = nowMs - this.#windowBeganMs;
    if (elapsedMs < WINDOW_MS) return;
    const isRealTime = this.#deliveredMs <= elapsedMs + this.#longestPieceMs + REAL_TIME_MARGIN_MS;
    const isLive = this.#hasInput ? this.#isInStep && (this.#wasHeldBack || isRealTime) : isRealTime;
    const isLate = isLive && this.#leastWaitingMs >= TOLERATED_MS;
    if (isLate && this.#owedMs === 0) this.#cutAtMs = nowMs + CUT_AFTER_MS;
    // Once it cuts, it cuts down to what is tolerated.
    this.#mayCut = isLate && (this.#leastWaitingMs >= CUT_FROM_MS || (this.#mayCut && this.#owedMs > 0));
    this.#owedMs = isLate ? this.#leastWaitingMs - KEPT_MS : 0;
    this.#beginWindow(nowMs);
  }

  /** Decides on the packet that is due, behind which a whole packet waits. */
  judge(packet: Int16Array, nowMs: number): PacketFate {
    if (this.#owedMs < this.#packetMs) return "send";
    const quiet = isQuiet(packet);
    const cuts = this.#mayCut && nowMs >= this.#cutAtMs;
    if (!quiet && !cuts) return "send";
    this.#cutAtMs = nowMs + (quiet ? CUT_AFTER_MS : CUT_EVERY_MS);
    this.#owedMs -= this.#packetMs;
    this.#creditMs += this.#packetMs; // Its place in the outlet is taken by what was received long ago.
    this.#leastWaitingMs -= this.#packetMs;
    return quiet ? "drop" : "merge";
  }

  #beginWindow(nowMs: number): void {
    this.#windowBeganMs = nowMs;
    this.#deliveredMs = 0;
    this.#longestPieceMs = 0;
    this.#leastWaitingMs = Infinity;
  }
}

function isQuiet(samples: Int16Array): boolean {
  let energy = 0;
  for (const sample of samples) energy += sample * sample;
  return energy < samples.length * QUIET_RMS ** 2;
}

/** One packet that begins as the first and ends as the second: each fades over the whole of it, so that nothing clicks. */
export function mergePackets(first: Int16Array, second: Int16Array, channels: number): Int16Array {
  const length = first.length / channels;
  return Int16Array.from(first, (sample, index) => {
    const share = (Math.floor(index / channels) + 0.5) / length;
    return Math.round(sample * (1 - share) + (second[index] ?? 0) * share);
  });
}
