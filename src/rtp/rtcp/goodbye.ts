import { readUint32, writeUint32 } from "../bytes.ts";
import { allocateRtcpPacket, RTCP_TYPE, type RtcpBody } from "./packet-header.ts";

/** Says that sources have stopped for good (RFC 3550 §6.6). The optional reason is not kept. */
export interface Goodbye {
  readonly type: "goodbye";
  /** At most 31. */
  readonly ssrcs: readonly number[];
}

export function parseGoodbye({ bytes, count }: RtcpBody): Goodbye | undefined {
  if (4 * count > bytes.length) return undefined;
  return { type: "goodbye", ssrcs: Array.from({ length: count }, (_, index) => readUint32(bytes, 4 * index)) };
}

export function serializeGoodbye({ ssrcs }: Goodbye): Uint8Array<ArrayBuffer> {
  const bytes = allocateRtcpPacket(RTCP_TYPE.goodbye, ssrcs.length, 4 * ssrcs.length);
  ssrcs.forEach((ssrc, index) => writeUint32(bytes, 4 + 4 * index, ssrc));
  return bytes;
}
