import { writeUint16, writeUint32 } from "./bytes.ts";
import {
  type HeaderExtensionElement,
  headerExtensionsByteLength,
  writeHeaderExtensions,
} from "./header-extension-block.ts";
import { RTP_FIXED_HEADER_BYTES } from "./packet.ts";

export interface RtpHeaderTemplateInit {
  readonly payloadType: number;
  readonly ssrc: number;
  /** Elements of every packet; those that differ per packet hold place for their value. */
  readonly extensions: readonly HeaderExtensionElement[];
}

/**
 * The header that all packets of a sending stream share (RFC 3550 §5.1, its extensions RFC 8285 §4), made once and copied in front of each payload.
 * Payloads are made with `byteLength` bytes of headroom, so that a packet needs one allocation and one copy.
 */
export class RtpHeaderTemplate {
  readonly #bytes: Uint8Array;

  constructor({ payloadType, ssrc, extensions }: RtpHeaderTemplateInit) {
    const bytes = new Uint8Array(RTP_FIXED_HEADER_BYTES + headerExtensionsByteLength(extensions));
    bytes[0] = 0x80 | (extensions.length > 0 ? 0x10 : 0);
    bytes[1] = payloadType & 0x7f;
    writeUint32(bytes, 8, ssrc);
    writeHeaderExtensions(bytes, RTP_FIXED_HEADER_BYTES, extensions);
    this.#bytes = bytes;
  }

  /** Bytes of the header, extensions included. */
  get byteLength(): number {
    return this.#bytes.length;
  }

  /** Writes the header into the first `byteLength` bytes of `packet`. */
  write(
    packet: Uint8Array,
    { marker, sequenceNumber, timestamp }: { marker: boolean; sequenceNumber: number; timestamp: number },
  ): void {
    packet.set(this.#bytes, 0);
    if (marker) packet[1] = (packet[1] ?? 0) | 0x80;
    writeUint16(packet, 2, sequenceNumber);
    writeUint32(packet, 4, timestamp);
  }
}
