import { writeUint16 } from "../bytes.ts";
import type { Packetization, PacketizeOptions, VideoPacketizer } from "../video-payload-format.ts";
import { findNalUnits, NAL_TYPE, type NalUnitRange } from "./nal-unit.ts";

/**
 * Most bytes of one slice that an encoder may make for packetization mode 0, where a NAL unit cannot be split:
 * a packet of 1200 bytes less 12 of RTP header and up to 88 of header extensions.
 */
export const MODE_0_MAX_SLICE_BYTES = 1100;

const STAP_A_HEADER_BYTES = 1;
const STAP_A_SIZE_BYTES = 2;
const FU_A_HEADER_BYTES = 2;

export interface H264PacketizerOptions {
  /**
   * From the SDP of the receiver (RFC 6184 §6): 0 allows one whole NAL unit per packet only, 1 also STAP-A and FU-A.
   * @default 1
   */
  readonly packetizationMode?: 0 | 1;
}

/**
 * Cuts H.264 access units in Annex B format into RTP payloads (RFC 6184). In mode 1, neighbours that fit one packet
 * share it (parameter sets travel with each other and, when small, with their slice), and larger ones are cut into
 * equal parts. In mode 0, an access unit with a NAL unit that does not fit is refused as a whole: configure the encoder
 * with `MODE_0_MAX_SLICE_BYTES`.
 */
export class H264Packetizer implements VideoPacketizer {
  readonly #packetizationMode: 0 | 1;

  constructor({ packetizationMode = 1 }: H264PacketizerOptions = {}) {
    this.#packetizationMode = packetizationMode;
  }

  packetize(frame: Uint8Array, { headroom = 0, maxPayloadByteLength }: PacketizeOptions): Packetization {
    const nalUnits = findNalUnits(frame);
    const packets: Uint8Array<ArrayBuffer>[] = [];
    let index = 0;
    while (index < nalUnits.length) {
      const nalUnit = nalUnits[index] as NalUnitRange;
      const byteLength = nalUnit.end - nalUnit.start;
      if (byteLength > maxPayloadByteLength) {
        if (this.#packetizationMode === 0) {
          return { type: "nal-unit-too-large", byteLength, maxByteLength: maxPayloadByteLength };
        }
        pushFragments(packets, frame, nalUnit, headroom, maxPayloadByteLength);
        index += 1;
        continue;
      }
      const groupEnd =
        this.#packetizationMode === 0 ? index + 1 : endOfAggregate(nalUnits, index, maxPayloadByteLength);
      if (groupEnd === index + 1) {
        const packet = new Uint8Array(headroom + byteLength);
        packet.set(frame.subarray(nalUnit.start, nalUnit.end), headroom);
        packets.push(packet);
      } else {
        packets.push(aggregate(frame, nalUnits.slice(index, groupEnd), headroom));
      }
      index = groupEnd;
    }
    return { type: "packets", packets };
  }
}

/** The index after the last NAL unit that fits into one STAP-A with the one at `from`. */
function endOfAggregate(nalUnits: readonly NalUnitRange[], from: number, maxByteLength: number): number {
  let byteLength = STAP_A_HEADER_BYTES;
  let index = from;
  for (; index < nalUnits.length; index += 1) {
    const { start, end } = nalUnits[index] as NalUnitRange;
    byteLength += STAP_A_SIZE_BYTES + (end - start);
    if (byteLength > maxByteLength) break;
  }
  return Math.max(index, from + 1);
}

function aggregate(frame: Uint8Array, nalUnits: readonly NalUnitRange[], headroom: number): Uint8Array<ArrayBuffer> {
  let byteLength = STAP_A_HEADER_BYTES;
  for (const { start, end } of nalUnits) byteLength += STAP_A_SIZE_BYTES + (end - start);
  const packet = new Uint8Array(headroom + byteLength);
  let forbidden = 0;
  let importance = 0;
  let offset = headroom + STAP_A_HEADER_BYTES;
  for (const { start, end } of nalUnits) {
    const header = frame[start] ?? 0;
    forbidden |= header & 0x80;
    importance = Math.max(importance, header & 0x60);
    writeUint16(packet, offset, end - start);
    packet.set(frame.subarray(start, end), offset + STAP_A_SIZE_BYTES);
    offset += STAP_A_SIZE_BYTES + (end - start);
  }
  packet[headroom] = forbidden | importance | NAL_TYPE.stapA;
  return packet;
}

function pushFragments(
  packets: Uint8Array<ArrayBuffer>[],
  frame: Uint8Array,
  { start, end }: NalUnitRange,
  headroom: number,
  maxPayloadByteLength: number,
): void {
  const header = frame[start] ?? 0;
  const indicator = (header & 0xe0) | NAL_TYPE.fuA;
  const bodyBytes = end - start - 1; // The NAL unit's own header travels in the FU header.
  const count = Math.ceil(bodyBytes / (maxPayloadByteLength - FU_A_HEADER_BYTES));
  const perPacket = Math.ceil(bodyBytes / count);
  const packetBytes = headroom + FU_A_HEADER_BYTES + perPacket;
  // One allocation for all of them: it costs more than filling them.
  const memory = new ArrayBuffer(Math.ceil(bodyBytes / perPacket) * packetBytes);
  let offset = 0;
  for (let from = start + 1; from < end; from += perPacket) {
    const to = Math.min(from + perPacket, end);
    const packet = new Uint8Array(memory, offset, headroom + FU_A_HEADER_BYTES + (to - from));
    offset += packetBytes;
    packet[headroom] = indicator;
    packet[headroom + 1] = (from === start + 1 ? 0x80 : 0) | (to === end ? 0x40 : 0) | (header & 0x1f);
    packet.set(frame.subarray(from, to), headroom + FU_A_HEADER_BYTES);
    packets.push(packet);
  }
}
