/** One direction of a network between browser and server. */
export interface NetworkConditions {
  /** From one end to the other on an empty line, in milliseconds: half a round trip. @default 0 */
  readonly delayMs?: number;
  /** What each packet is delayed on top: evenly spread from 0 to this, in milliseconds. Order is kept. @default 0 */
  readonly jitterMs?: number;
  /** The share of packets that are lost, each whatever became of the others: 0 to 1. @default 0 */
  readonly loss?: number;
  /** Bits per second that pass the bottleneck, IP's and UDP's headers included. @default any number */
  readonly rateBps?: number | undefined;
  /** How long packets may pile up before the bottleneck, in milliseconds; what comes on top is dropped. @default 300 */
  readonly queueMs?: number;
}

/** IPv4 and UDP, in bytes. */
export const HEADER_BYTES = 28;
export const DEFAULT_QUEUE_MS = 300;
