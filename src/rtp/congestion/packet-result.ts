/** What became of a packet that was sent, as the peer's feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1) tells it. */
export interface PacketResult {
  /** Unwrapped transport-wide sequence number. */
  readonly sequence: number;
  readonly byteLength: number;
  readonly sentAtMs: number;
  /** On the peer's clock, whose zero is arbitrary; `undefined` when the packet did not arrive. */
  readonly arrivedAtMs: number | undefined;
  /** The cluster of probes that it belongs to. */
  readonly probe: number | undefined;
}

/** One that arrived. */
export interface ArrivedPacket extends PacketResult {
  readonly arrivedAtMs: number;
}

export function isArrived(result: PacketResult): result is ArrivedPacket {
  return result.arrivedAtMs !== undefined;
}
