import { invariant } from "../../errors.ts";
import type { VideoDepacketizer } from "../video-payload-format.ts";
import { parseVp8PayloadDescriptor, type Vp8PayloadDescriptor } from "./payload-descriptor.ts";

/** Joins RTP payloads into a VP8 frame (RFC 7741 §4). */
export const vp8Depacketizer: VideoDepacketizer = {
  beginsKeyframe(payload) {
    const descriptor = parseVp8PayloadDescriptor(payload);
    return descriptor !== undefined && startsFrame(descriptor) && isKeyframe(payload[descriptor.byteLength]);
  },

  depacketize(payloads) {
    const offsets: number[] = [];
    let byteLength = 0;
    for (const payload of payloads) {
      const descriptor = parseVp8PayloadDescriptor(payload);
      if (!descriptor || startsFrame(descriptor) !== (offsets.length === 0)) return undefined;
      offsets.push(descriptor.byteLength);
      byteLength += payload.length - descriptor.byteLength;
    }
    if (byteLength === 0) return undefined;
    const data = new Uint8Array(byteLength);
    let at = 0;
    for (const [index, payload] of payloads.entries()) {
      const offset = offsets[index];
      invariant(offset !== undefined, "every payload was read above");
      data.set(payload.subarray(offset), at);
      at += payload.length - offset;
    }
    const keyframe = isKeyframe(data[0]);
    return { data, keyframe, selfContained: keyframe };
  },
};

/** By the first byte of a VP8 frame (RFC 6386 §9.1). */
function isKeyframe(firstByte: number | undefined): boolean {
  return firstByte !== undefined && (firstByte & 0x01) === 0;
}

/** The start bit set and partition index 0: the first packet of a frame (RFC 7741 §4.2). */
function startsFrame({ startsPartition, partitionIndex }: Vp8PayloadDescriptor): boolean {
  return startsPartition && partitionIndex === 0;
}
