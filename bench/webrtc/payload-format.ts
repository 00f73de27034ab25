import type { RtpPacket } from "./rtp-packet.ts";
import type { BenchCodec } from "./video-format.ts";

/** Leaves room for RTP, SRTP, UDP and IP headers in an MTU of 1,280. */
const MAX_PAYLOAD_BYTES = 1160;
const START_CODE = Buffer.from([0, 0, 0, 1]);

/** Cuts an encoded picture into RTP payloads (RFC 6184 mode 1, RFC 7741). The last one carries the marker. */
export function payloadsOf(codec: BenchCodec, picture: Buffer): Buffer[] {
  return codec === "h264" ? h264Payloads(picture) : vp8Payloads(picture);
}

/** Puts the payloads of one picture together again; undefined when they are not of a form that is known. */
export function joinPayloads(codec: BenchCodec, packets: readonly RtpPacket[]): Buffer | undefined {
  const parts: Buffer[] = [];
  for (const { payload } of packets) {
    const piece = codec === "h264" ? h264Piece(payload) : vp8Piece(payload);
    if (!piece) return undefined;
    parts.push(...piece);
  }
  return Buffer.concat(parts);
}

/** Whether decoding can begin with this picture. */
export function isKeyframe(codec: BenchCodec, picture: Buffer): boolean {
  if (codec === "vp8") return ((picture[0] ?? 1) & 1) === 0;
  return nalUnits(picture).some((unit) => ((unit[0] ?? 0) & 0x1f) === 5);
}

function h264Payloads(picture: Buffer): Buffer[] {
  return nalUnits(picture).flatMap((unit) => {
    if (unit.length <= MAX_PAYLOAD_BYTES) return [unit];
    const header = unit[0] ?? 0;
    const fragments: Buffer[] = [];
    for (let at = 1; at < unit.length; at += MAX_PAYLOAD_BYTES - 2) {
      const end = Math.min(unit.length, at + MAX_PAYLOAD_BYTES - 2);
      const edge = (at === 1 ? 0x80 : 0) | (end === unit.length ? 0x40 : 0);
      fragments.push(
        Buffer.concat([Buffer.from([(header & 0xe0) | 28, edge | (header & 0x1f)]), unit.subarray(at, end)]),
      );
    }
    return fragments;
  });
}

function h264Piece(payload: Buffer): Buffer[] | undefined {
  const [indicator = 0, fragmentHeader = 0] = payload;
  const type = indicator & 0x1f;
  if (type >= 1 && type <= 23) return [START_CODE, payload];
  if (type === 24) {
    const units: Buffer[] = [];
    for (let at = 1; at + 2 < payload.length; at += 2 + payload.readUInt16BE(at)) {
      units.push(START_CODE, payload.subarray(at + 2, at + 2 + payload.readUInt16BE(at)));
    }
    return units;
  }
  if (type !== 28) return undefined;
  const rest = payload.subarray(2);
  return fragmentHeader & 0x80
    ? [START_CODE, Buffer.from([(indicator & 0xe0) | (fragmentHeader & 0x1f)]), rest]
    : [rest];
}

/** The NAL units of an Annex B byte stream. */
function nalUnits(stream: Buffer): Buffer[] {
  const units: Buffer[] = [];
  let start = -1;
  for (let at = stream.indexOf("\0\0\x01", 0, "latin1"); at >= 0; at = stream.indexOf("\0\0\x01", at + 3, "latin1")) {
    if (start >= 0) units.push(stream.subarray(start, stream[at - 1] === 0 ? at - 1 : at));
    start = at + 3;
  }
  if (start >= 0) units.push(stream.subarray(start));
  return units;
}

function vp8Payloads(picture: Buffer): Buffer[] {
  const payloads: Buffer[] = [];
  for (let at = 0; at < picture.length; at += MAX_PAYLOAD_BYTES - 1) {
    const descriptor = Buffer.from([at === 0 ? 0x10 : 0]);
    payloads.push(Buffer.concat([descriptor, picture.subarray(at, at + MAX_PAYLOAD_BYTES - 1)]));
  }
  return payloads;
}

function vp8Piece(payload: Buffer): Buffer[] {
  let at = 1;
  if ((payload[0] ?? 0) & 0x80) {
    const extensions = payload[1] ?? 0;
    at = 2;
    if (extensions & 0x80) at += (payload[2] ?? 0) & 0x80 ? 2 : 1;
    if (extensions & 0x40) at += 1;
    if (extensions & 0x30) at += 1;
  }
  return [payload.subarray(at)];
}
