import { readUint32, writeUint32 } from "../bytes.ts";
import { allocateRtcpPacket, RTCP_TYPE, type RtcpBody } from "./packet-header.ts";

const END_ITEM = 0;
const CNAME_ITEM = 1;

/** Names the sources of a session (RFC 3550 §6.5). Of all items only the canonical name is kept. */
export interface SourceDescription {
  readonly type: "source-description";
  /** At most 31. */
  readonly sources: readonly DescribedSource[];
}

export interface DescribedSource {
  readonly ssrc: number;
  /** The same for all streams of a peer, at most 255 bytes in UTF-8. Audio and video with one name play in sync. */
  readonly cname?: string;
}

export function parseSourceDescription({ bytes, count }: RtcpBody): SourceDescription | undefined {
  const sources: DescribedSource[] = [];
  let offset = 0;
  for (let index = 0; index < count; index += 1) {
    if (offset + 4 > bytes.length) return undefined;
    const ssrc = readUint32(bytes, offset);
    offset += 4;
    let cname: string | undefined;
    for (;;) {
      const item = bytes[offset];
      if (item === undefined) return undefined;
      if (item === END_ITEM) break;
      const start = offset + 2;
      const end = start + (bytes[offset + 1] ?? 0);
      if (start > bytes.length || end > bytes.length) return undefined;
      if (item === CNAME_ITEM) cname = new TextDecoder().decode(bytes.subarray(start, end));
      offset = end;
    }
    offset = (offset + 4) & ~3; // The list ends in at least one zero and at a multiple of four.
    sources.push(cname === undefined ? { ssrc } : { ssrc, cname });
  }
  return { type: "source-description", sources };
}

export function serializeSourceDescription({ sources }: SourceDescription): Uint8Array<ArrayBuffer> {
  const chunks = sources.map(({ ssrc, cname }) => {
    const name = cname === undefined ? undefined : new TextEncoder().encode(cname).subarray(0, 255);
    const itemBytes = name === undefined ? 0 : 2 + name.length;
    const chunk = new Uint8Array(4 + ((itemBytes + 4) & ~3));
    writeUint32(chunk, 0, ssrc);
    if (name) {
      chunk[4] = CNAME_ITEM;
      chunk[5] = name.length;
      chunk.set(name, 6);
    }
    return chunk;
  });
  const bodyByteLength = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const bytes = allocateRtcpPacket(RTCP_TYPE.sourceDescription, sources.length, bodyByteLength);
  let offset = 4;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
