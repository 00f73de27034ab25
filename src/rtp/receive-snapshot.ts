/** What both kinds of received streams count. Counts and durations begin with the stream. */
export interface ReceiveSnapshot {
  /** Packets that arrived as they were first sent, duplicates included. */
  readonly packetCount: number;
  /** Bytes of payload, retransmissions included. */
  readonly byteCount: number;
  /** Packets that never came by themselves (RFC 3550 §6.4.1), repaired or not; negative when duplicates outweigh losses. */
  readonly cumulativeLost: number;
  /** Interarrival jitter (RFC 3550 §6.4.1), in milliseconds. */
  readonly jitterMs: number;
  /** Packets asked for again (RFC 4585 §6.2.1), each as often as it was. */
  readonly nackedPacketCount: number;
  /** Packets that were missing and came after they were asked for, on the stream itself or on its retransmissions. */
  readonly repairedPacketCount: number;
}

/** How a received sound does. */
export interface AudioReceiveSnapshot extends ReceiveSnapshot {
  readonly kind: "audio";
  /** Packets whose sound was taken from the copy that the next packet carries (in-band FEC, RFC 6716 §2.1.7). */
  readonly fecPacketCount: number;
  /** Sound that neither came nor could be recovered: guessed, or silence where too much of it was missing. */
  readonly concealedMs: number;
  /** Silence in place of what was not sent (DTX), of pauses, and of losses too long to guess. */
  readonly silenceMs: number;
  /** Sound in packets that came after something else had taken their place. */
  readonly lateMs: number;
  /** How much later than the quickest packets a packet may come at present and still be heard. */
  readonly targetDelayMs: number;
  /** How long packets were held back for those before them, on average over all packets. */
  readonly meanHoldMs: number;
}

/** How a received picture does. */
export interface VideoReceiveSnapshot extends ReceiveSnapshot {
  readonly kind: "video";
  /** Packets of the retransmission stream (RFC 4588) that held something. */
  readonly rtxPacketCount: number;
  /** Whole frames given to the decoder, and how many of them were keyframes. */
  readonly frameCount: number;
  readonly keyframeCount: number;
  /** Frames whose end arrived and that could not be decoded, since something before or in them was given up. */
  readonly droppedFrameCount: number;
  /** PLI and FIR. */
  readonly keyframeRequestCount: number;
  /** Pauses after which a frame came more than 500 ms after the one before it, and the longest distance of two frames. */
  readonly freezeCount: number;
  readonly longestFrameGapMs: number;
  /** From a frame's first packet to the moment when the frame could be decoded, on average over all frames. */
  readonly meanAssemblyMs: number;
  /** What the peer was last allowed to send by REMB, in bits per second. */
  readonly allowedBps: number;
}
