/** Most bytes of a sent RTP packet, header and extensions included: it survives tunnels and VPNs unfragmented. */
export const MAX_PACKET_BYTES = 1200;

export interface PacketizeOptions {
  /** Bytes left free in front of each payload, for the RTP header. @default 0 */
  readonly headroom?: number;
  /** Most bytes of one payload, headroom not counted. */
  readonly maxPayloadByteLength: number;
}

/**
 * The payloads of one frame, in sending order, each behind its headroom; the last one gets the marker bit.
 * `nal-unit-too-large` is what H.264 in packetization mode 0 answers to an encoder that ignored the slice size.
 */
export type Packetization =
  | { readonly type: "packets"; readonly packets: readonly Uint8Array<ArrayBuffer>[] }
  | { readonly type: "nal-unit-too-large"; readonly byteLength: number; readonly maxByteLength: number };

/** Cuts encoded frames into RTP payloads: of H.264 by RFC 6184, of VP8 by RFC 7741. It may number frames, so each stream has its own. */
export interface VideoPacketizer {
  packetize(frame: Uint8Array, options: PacketizeOptions): Packetization;
}

/** A frame as the decoder wants it. */
export interface DepacketizedFrame {
  readonly data: Uint8Array<ArrayBuffer>;
  /** Whether it needs no frame before it. */
  readonly keyframe: boolean;
  /** Whether it is a keyframe that brings its own parameter sets, so that nothing before it matters at all. */
  readonly selfContained: boolean;
}

/** What the frame assembler must know about a codec, as its payload format (RFC 6184, RFC 7741) has it. Stateless: all of a frame's payloads come at once. */
export interface VideoDepacketizer {
  /** Whether this payload, judged alone, is certain to be the first one of a self-contained keyframe. */
  beginsKeyframe(payload: Uint8Array): boolean;
  /** Joins all payloads of one frame, in order. Returns `undefined` when they do not make a whole one; never throws. */
  depacketize(payloads: readonly Uint8Array[]): DepacketizedFrame | undefined;
}
