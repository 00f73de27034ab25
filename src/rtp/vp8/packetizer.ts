import type { Packetization, PacketizeOptions, VideoPacketizer } from "../video-payload-format.ts";
import { writeVp8PayloadDescriptor } from "./payload-descriptor.ts";

/** Of a descriptor with nothing but a 15-bit picture id. */
const DESCRIPTOR_BYTES = 4;

export interface Vp8PacketizerOptions {
  /** The 15-bit number of the first frame: random, as RFC 7741 §4.2 advises. */
  readonly firstPictureId: number;
}

/** Cuts VP8 frames into equal RTP payloads (RFC 7741 §4.4), each frame with the next picture id. */
export class Vp8Packetizer implements VideoPacketizer {
  #pictureId: number;

  constructor({ firstPictureId }: Vp8PacketizerOptions) {
    this.#pictureId = firstPictureId & 0x7fff;
  }

  packetize(frame: Uint8Array, { headroom = 0, maxPayloadByteLength }: PacketizeOptions): Packetization {
    const packets: Uint8Array<ArrayBuffer>[] = [];
    if (frame.length === 0) return { type: "packets", packets };
    const count = Math.ceil(frame.length / (maxPayloadByteLength - DESCRIPTOR_BYTES));
    const perPacket = Math.ceil(frame.length / count);
    const packetBytes = headroom + DESCRIPTOR_BYTES + perPacket;
    // One allocation for all of them: it costs more than filling them.
    const memory = new ArrayBuffer(count * packetBytes);
    let offset = 0;
    for (let from = 0; from < frame.length; from += perPacket) {
      const to = Math.min(from + perPacket, frame.length);
      const packet = new Uint8Array(memory, offset, headroom + DESCRIPTOR_BYTES + (to - from));
      offset += packetBytes;
      const at = writeVp8PayloadDescriptor(packet, headroom, {
        nonReference: false,
        startsPartition: from === 0,
        partitionIndex: 0,
        pictureId: this.#pictureId,
      });
      packet.set(frame.subarray(from, to), at);
      packets.push(packet);
    }
    this.#pictureId = (this.#pictureId + 1) & 0x7fff;
    return { type: "packets", packets };
  }
}
