import type { VideoDepacketizer } from "../video-payload-format.ts";
import { vp8DataOffset } from "./payload-descriptor.ts";

/** Joins RTP payloads into a VP8 frame (RFC 7741 §4). */
export const vp8Depacketizer: VideoDepacketizer = {
  beginsKeyframe(payload) {
    const offset = vp8DataOffset(payload);
    return offset >= 0 && startsFrame(payload) && isVp8Keyframe(payload[offset]);
  },

  depacketize(payloads) {
    const first = payloads[0];
    if (!first || !startsFrame(first)) return undefined;
    let byteLength = 0;
    for (const [index, payload] of payloads.entries()) {
      const offset = vp8DataOffset(payload);
      if (offset < 0 || (index > 0 && startsFrame(payload))) return undefined;
      byteLength += payload.length - offset;
    }
    const data = new Uint8Array(byteLength);
    let at = 0;
    for (const payload of payloads) {
      const offset = vp8DataOffset(payload);
      data.set(payload.subarray(offset), at);
      at += payload.length - offset;
    }
    const keyframe = isVp8Keyframe(data[0]);
    return { data, keyframe, selfContained: keyframe };
  },
};

/** Whether a VP8 frame is one where decoding can begin, by its first byte (RFC 6386 §9.1). */
export function isVp8Keyframe(firstByte: number | undefined): boolean {
  return firstByte !== undefined && (firstByte & 0x01) === 0;
}

/** The start bit set and partition index 0: the first packet of a frame (RFC 7741 §4.2). */
function startsFrame(payload: Uint8Array): boolean {
  return ((payload[0] ?? 0) & 0x17) === 0x10;
}
