import { allocateFeedbackPacket, PAYLOAD_FEEDBACK_FORMAT, parseFeedbackHeader } from "./feedback-header.ts";
import { RTCP_TYPE, type RtcpBody } from "./packet-header.ts";

/** Asks for a keyframe because the picture is broken (RFC 4585 §6.3.1). */
export interface PictureLossIndication {
  readonly type: "picture-loss-indication";
  readonly senderSsrc: number;
  readonly mediaSsrc: number;
}

export function parsePictureLossIndication(body: RtcpBody): PictureLossIndication | undefined {
  const header = parseFeedbackHeader(body);
  return header && { type: "picture-loss-indication", ...header };
}

export function serializePictureLossIndication({
  senderSsrc,
  mediaSsrc,
}: PictureLossIndication): Uint8Array<ArrayBuffer> {
  return allocateFeedbackPacket(
    { packetType: RTCP_TYPE.payloadFeedback, format: PAYLOAD_FEEDBACK_FORMAT.pictureLossIndication },
    { senderSsrc, mediaSsrc, controlByteLength: 0 },
  );
}
