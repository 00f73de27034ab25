/** Each packet is lost with this probability (0 to 1), whatever became of the others. */
export interface RandomLoss {
  readonly type: "random";
  readonly probability: number;
}

/**
 * Losses in bursts (Gilbert-Elliott): the line is good or bad, changes from packet to packet with these
 * probabilities, and loses a share of the packets in each state.
 */
export interface BurstLoss {
  readonly type: "bursts";
  /** Of becoming bad while good. */
  readonly badProbability: number;
  /** Of becoming good while bad: 0.25 makes bursts of four packets on average. */
  readonly goodProbability: number;
  /** @default 0 */
  readonly lossWhileGood?: number;
  /** @default 1 */
  readonly lossWhileBad?: number;
}

/** How far packets may pile up before the bottleneck; what comes on top is dropped (drop-tail). */
export type QueueLimit =
  | { readonly type: "bytes"; readonly bytes: number }
  | { readonly type: "time"; readonly ms: number };

/** One direction of a network. */
export interface LinkConditions {
  /** From one end to the other on an empty line, in milliseconds. @default 0 */
  readonly delayMs?: number;
  /** What each packet is delayed on top: evenly spread from 0 to this, in milliseconds. Order is kept. @default 0 */
  readonly jitterMs?: number;
  /** @default none */
  readonly loss?: RandomLoss | BurstLoss;
  /** Bits per second that pass the bottleneck, packets' overhead included. @default any number */
  readonly rateBps?: number;
  /** @default 300 ms of packets */
  readonly queue?: QueueLimit;
  /** The share of packets (0 to 1) that those behind them may overtake, and for how long. @default none */
  readonly reordering?: { readonly probability: number; readonly byMs: number };
  /** The share of packets (0 to 1) that arrive twice. @default 0 */
  readonly duplication?: number;
  /** What a packet weighs on the wire beyond its bytes: IP, UDP and SRTP's tag. @default 38 */
  readonly overheadBytes?: number;
}

/** Conditions that begin at a time; what they do not name stays as it was. */
export interface LinkChange extends LinkConditions {
  readonly atMs: number;
}
