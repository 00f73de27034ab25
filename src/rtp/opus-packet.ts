/** Ticks per second of the RTP clock of Opus, whatever rate is encoded (RFC 7587 §4.1). */
export const OPUS_CLOCK_RATE = 48_000;

/** Milliseconds of a frame by the two lowest bits of the configuration: SILK, hybrid and CELT (RFC 6716 table 2). */
const SILK_MS = [10, 20, 40, 60] as const;
const HYBRID_MS = [10, 20] as const;
const CELT_MS = [2.5, 5, 10, 20] as const;
/** A packet lasts at most this long (RFC 6716 §3.2.5), in ticks. */
const MAX_TICKS = 5760;

/**
 * How long an Opus packet sounds, in ticks of 1/48000 s, from the byte or two that say so (RFC 6716 §3.1, §3.2).
 * `undefined` for bytes that are not a packet: none at all, no frames, or more than 120 ms.
 */
export function opusPacketTicks(payload: Uint8Array): number | undefined {
  const [toc, count = 0] = payload;
  if (toc === undefined) return undefined;
  const configuration = toc >> 3;
  const framesCode = toc & 3;
  let frameMs: number;
  if (configuration < 12) frameMs = SILK_MS[configuration & 3] ?? 0;
  else if (configuration < 16) frameMs = HYBRID_MS[configuration & 1] ?? 0;
  else frameMs = CELT_MS[configuration & 3] ?? 0;
  let frames = 1;
  if (framesCode === 3) frames = count & 0x3f;
  else if (framesCode > 0) frames = 2;
  const ticks = (frames * frameMs * OPUS_CLOCK_RATE) / 1000;
  return ticks > 0 && ticks <= MAX_TICKS ? ticks : undefined;
}

/**
 * Whether an Opus packet says that its sender has nothing to send for the moment (DTX): a frame of at most one byte is
 * no sound (RFC 6716 §2.1.9), and until the next packet comes there is silence, not loss.
 */
export function startsOpusSilence(payload: Uint8Array): boolean {
  return payload.length > 0 && payload.length <= 2;
}

/**
 * Whether an Opus packet carries a coarse copy of the 20 ms or more before it, from which a lost packet is made up for
 * (in-band forward error correction, "LBRR"). Only SILK has that: behind one bit per frame for voice activity stands the bit that
 * says so, for the middle and, in stereo, for the side (RFC 6716 §4.2.3).
 */
export function carriesPreviousSound(payload: Uint8Array): boolean {
  const [toc] = payload;
  if (toc === undefined) return false;
  const configuration = toc >> 3;
  if (configuration >= 16) return false;
  const first = payload[firstFrameOffset(payload)];
  if (first === undefined) return false;
  const frameMs = configuration < 12 ? (SILK_MS[configuration & 3] ?? 20) : 20;
  const silkFrames = Math.max(1, frameMs / 20);
  const middle = (first >> (7 - silkFrames)) & 1;
  const side = (toc & 4) === 0 ? 0 : (first >> (6 - 2 * silkFrames)) & 1;
  return (middle | side) === 1;
}

/** Where the first frame's bytes begin (RFC 6716 §3.2). */
function firstFrameOffset(payload: Uint8Array): number {
  const [toc = 0, second = 0] = payload;
  const lengthBytes = (at: number): number => ((payload[at] ?? 0) >= 252 ? 2 : 1);
  switch (toc & 3) {
    case 2:
      return 1 + lengthBytes(1);
    case 3: {
      let offset = 2;
      if ((second & 0x40) !== 0) while (payload[offset++] === 255);
      // With variable lengths all but the last frame say theirs.
      if ((second & 0x80) !== 0) for (let frame = 1; frame < (second & 0x3f); frame += 1) offset += lengthBytes(offset);
      return offset;
    }
    default:
      return 1;
  }
}
