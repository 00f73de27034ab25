import { writeUint16, writeUint24 } from "./bytes.ts";
import { findHeaderExtension } from "./header-extension-block.ts";
import { absSendTimeAt, type HeaderExtensionMap } from "./header-extensions.ts";
import { parseRtpPacket } from "./packet.ts";

/**
 * Fills in what belongs to the moment of sending and to the transport, not to a stream: the send time and the
 * transport-wide sequence number (draft-holmer-rmcat-transport-wide-cc-extensions-01 §2). One per connection; packets go through it last, retransmissions included.
 * A packet without room for these extensions stays as it is.
 */
export class TransportStamper {
  readonly #absSendTimeId: number | undefined;
  readonly #transportSequenceId: number | undefined;
  #nextTransportSequence = 0;

  constructor(extensions: HeaderExtensionMap) {
    this.#absSendTimeId = extensions.idOf("absSendTime");
    this.#transportSequenceId = extensions.idOf("transportSequenceNumber");
  }

  /** Writes into `bytes`, a serialized RTP packet. Returns the transport-wide sequence number it got, if any. */
  stamp(bytes: Uint8Array, nowMs: number): number | undefined {
    if (this.#absSendTimeId === undefined && this.#transportSequenceId === undefined) return undefined;
    const packet = parseRtpPacket(bytes);
    if (!packet) return undefined;
    if (this.#absSendTimeId !== undefined) {
      const value = findHeaderExtension(packet, this.#absSendTimeId);
      if (value?.length === 3) writeUint24(value, 0, absSendTimeAt(nowMs));
    }
    if (this.#transportSequenceId === undefined) return undefined;
    const value = findHeaderExtension(packet, this.#transportSequenceId);
    if (value?.length !== 2) return undefined;
    const sequenceNumber = this.#nextTransportSequence;
    writeUint16(value, 0, sequenceNumber);
    this.#nextTransportSequence = (sequenceNumber + 1) & 0xffff;
    return sequenceNumber;
  }
}
