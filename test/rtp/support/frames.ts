import { H264Packetizer } from "../../../src/rtp/h264/packetizer.ts";
import { parseRtpPacket, type RtpPacket, serializeRtpPacket } from "../../../src/rtp/packet.ts";
import type { VideoPacketizer } from "../../../src/rtp/video-payload-format.ts";
import { Vp8Packetizer } from "../../../src/rtp/vp8/packetizer.ts";
import { concatBytes } from "./hex.ts";
import type { SeededRandom } from "./seeded-random.ts";

export const H264_PAYLOAD_TYPE = 102;
export const VP8_PAYLOAD_TYPE = 96;

export interface MadeFrame {
  readonly data: Uint8Array<ArrayBuffer>;
  readonly keyframe: boolean;
  readonly rtpTimestamp: number;
  readonly packets: readonly RtpPacket[];
}

const PATTERN = Uint8Array.from({ length: 0x8000 }, (_, index) => 1 + ((index * index + 7 * index) % 255));

/** Bytes without zeros that differ from those of other calls: fast, since tests make millions. */
function pattern(byteLength: number, random: SeededRandom): Uint8Array<ArrayBuffer> {
  if (byteLength > PATTERN.length) throw new Error(`${byteLength} bytes are more than the pattern has`);
  const offset = random.integer(0, PATTERN.length - byteLength);
  return PATTERN.slice(offset, offset + byteLength);
}

/** One NAL unit with its start code. `byteLength` counts its header; the body holds no start code. */
export function nalUnit(header: number, byteLength: number, random: SeededRandom): Uint8Array<ArrayBuffer> {
  const body = pattern(byteLength - 1, random);
  // The first slice of a picture begins at macroblock 0, and no NAL unit ends in zero.
  if (body.length > 0) body[0] = 0x80 | random.integer(0, 127);
  return concatBytes(Uint8Array.of(0, 0, 0, 1, header), body);
}

export interface FrameMakerOptions {
  readonly codec: "H264" | "VP8";
  readonly firstSequenceNumber: number;
  readonly firstTimestamp: number;
  readonly random: SeededRandom;
}

/** Makes frames that follow each other like those of a camera at 30 frames per second, cut into packets. */
export class FrameMaker {
  readonly #options: FrameMakerOptions;
  readonly #packetizer: VideoPacketizer;
  #sequenceNumber: number;
  #rtpTimestamp: number;

  constructor(options: FrameMakerOptions) {
    this.#options = options;
    this.#sequenceNumber = options.firstSequenceNumber;
    this.#rtpTimestamp = options.firstTimestamp;
    this.#packetizer = options.codec === "H264" ? new H264Packetizer() : new Vp8Packetizer({ firstPictureId: 0x7ff0 });
  }

  /** The next frame. @param byteLength Of its slice. */
  next({ keyframe = false, byteLength = 2500 }: { keyframe?: boolean; byteLength?: number } = {}): MadeFrame {
    const { codec, random } = this.#options;
    const data = codec === "H264" ? h264Frame(keyframe, byteLength, random) : vp8Frame(keyframe, byteLength, random);
    const rtpTimestamp = this.#rtpTimestamp;
    this.#rtpTimestamp += 3000;
    const result = this.#packetizer.packetize(data, { maxPayloadByteLength: 1100 });
    if (result.type !== "packets") throw new Error(result.type);
    const packets = result.packets.map((payload, index) =>
      this.#packet(payload, { timestamp: rtpTimestamp, marker: index === result.packets.length - 1 }),
    );
    return { data, keyframe, rtpTimestamp, packets };
  }

  /** A packet with nothing but padding, as Chrome sends them after a frame to probe the bandwidth. */
  padding(): RtpPacket {
    return this.#packet(new Uint8Array(0), {
      timestamp: this.#rtpTimestamp - 3000,
      marker: false,
      paddingByteLength: 224,
    });
  }

  /** Skips sequence numbers, as if packets had been lost. */
  skipSequenceNumbers(count: number): void {
    this.#sequenceNumber += count;
  }

  #packet(
    payload: Uint8Array,
    { timestamp, marker, paddingByteLength = 0 }: { timestamp: number; marker: boolean; paddingByteLength?: number },
  ): RtpPacket {
    const bytes = serializeRtpPacket({
      payloadType: this.#options.codec === "H264" ? H264_PAYLOAD_TYPE : VP8_PAYLOAD_TYPE,
      ssrc: 0xcafe,
      sequenceNumber: this.#sequenceNumber & 0xffff,
      timestamp: timestamp % 0x1_0000_0000,
      marker,
      payload,
      paddingByteLength,
    });
    this.#sequenceNumber += 1;
    const packet = parseRtpPacket(bytes);
    if (!packet) throw new Error("a packet of our own was refused");
    return packet;
  }
}

function h264Frame(keyframe: boolean, byteLength: number, random: SeededRandom): Uint8Array<ArrayBuffer> {
  return keyframe
    ? concatBytes(nalUnit(0x67, 24, random), nalUnit(0x68, 5, random), nalUnit(0x65, byteLength, random))
    : nalUnit(0x41, byteLength, random);
}

function vp8Frame(keyframe: boolean, byteLength: number, random: SeededRandom): Uint8Array<ArrayBuffer> {
  const data = pattern(byteLength, random);
  data[0] = ((data[0] ?? 0) & 0xfe) | (keyframe ? 0 : 1);
  return data;
}
