import type { ArrivedPacket } from "./packet-result.ts";

/** Packets sent within this time of each other are one group. */
const GROUP_MS = 5;
/** Packets that arrive this close together, sooner than they were sent, waited together somewhere: one group as well. */
const BURST_MS = 5;
const MAX_BURST_MS = 100;
/** A jump of the arrival times this much larger than that of the sending times is a clock set anew. */
const CLOCK_JUMP_MS = 3000;
/** After so many groups in a row that arrived before the one before them, everything is forgotten. */
const MAX_REORDERED = 3;

interface Group {
  readonly firstSentMs: number;
  lastSentMs: number;
  readonly firstArrivedMs: number;
  lastArrivedMs: number;
}

/** How much further apart two groups of packets arrived than they were sent. */
export interface GroupDelta {
  readonly sentDeltaMs: number;
  readonly arrivedDeltaMs: number;
  readonly arrivedAtMs: number;
}

/**
 * Gathers packets that left together and compares each group with the one before (draft-ietf-rmcat-gcc-02 §5.2): single
 * packets of one burst would only measure the burst.
 */
export class PacketGroups {
  #current: Group | undefined;
  #previous: Group | undefined;
  #reorderedCount = 0;

  /** Takes packets in the order of their arrival; returns the delta of two groups once the later one is whole. */
  add({ sentAtMs, arrivedAtMs }: ArrivedPacket): GroupDelta | undefined {
    const current = this.#current;
    if (!current) {
      this.#current = groupOf(sentAtMs, arrivedAtMs);
      return undefined;
    }
    if (sentAtMs < current.firstSentMs) return undefined;
    if (!startsGroup(current, sentAtMs, arrivedAtMs)) {
      current.lastSentMs = Math.max(current.lastSentMs, sentAtMs);
      current.lastArrivedMs = arrivedAtMs;
      return undefined;
    }
    const delta = this.#previous && this.#compare(this.#previous, current);
    this.#previous = current;
    this.#current = groupOf(sentAtMs, arrivedAtMs);
    if (delta === "reset") {
      this.#previous = undefined;
      return undefined;
    }
    return delta;
  }

  #compare(previous: Group, current: Group): GroupDelta | "reset" | undefined {
    const sentDeltaMs = current.lastSentMs - previous.lastSentMs;
    const arrivedDeltaMs = current.lastArrivedMs - previous.lastArrivedMs;
    if (arrivedDeltaMs - sentDeltaMs >= CLOCK_JUMP_MS) return "reset";
    if (arrivedDeltaMs < 0) {
      this.#reorderedCount += 1;
      return this.#reorderedCount >= MAX_REORDERED ? "reset" : undefined;
    }
    this.#reorderedCount = 0;
    return { sentDeltaMs, arrivedDeltaMs, arrivedAtMs: current.lastArrivedMs };
  }
}

function groupOf(sentAtMs: number, arrivedAtMs: number): Group {
  return {
    firstSentMs: sentAtMs,
    lastSentMs: sentAtMs,
    firstArrivedMs: arrivedAtMs,
    lastArrivedMs: arrivedAtMs,
  };
}

function startsGroup(group: Group, sentAtMs: number, arrivedAtMs: number): boolean {
  const arrivedDeltaMs = arrivedAtMs - group.lastArrivedMs;
  const slowdownMs = arrivedDeltaMs - (sentAtMs - group.lastSentMs);
  const isBurst = slowdownMs < 0 && arrivedDeltaMs <= BURST_MS && arrivedAtMs - group.firstArrivedMs < MAX_BURST_MS;
  return !isBurst && sentAtMs - group.firstSentMs > GROUP_MS;
}
