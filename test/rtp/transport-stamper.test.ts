import { describe, expect, it } from "vitest";
import { HEADER_EXTENSION_URIS, HeaderExtensionMap } from "../../src/rtp/header-extensions.ts";
import { parseRtpPacket, serializeRtpPacket } from "../../src/rtp/packet.ts";
import { TransportStamper } from "../../src/rtp/transport-stamper.ts";
import { toHex } from "./support/hex.ts";

const EXTENSIONS = new HeaderExtensionMap([
  [2, HEADER_EXTENSION_URIS.absSendTime],
  [3, HEADER_EXTENSION_URIS.transportSequenceNumber],
]);

function packetWithRoom(): Uint8Array {
  return serializeRtpPacket({
    payloadType: 96,
    sequenceNumber: 1,
    timestamp: 2,
    ssrc: 3,
    extensions: [...EXTENSIONS.elements("absSendTime", 0), ...EXTENSIONS.elements("transportSequenceNumber", 0)],
    payload: new Uint8Array(3),
  });
}

describe("the stamp of a transport", () => {
  it("writes the time of sending and a number for every packet, repeated ones too", () => {
    const stamper = new TransportStamper(EXTENSIONS);
    const bytes = packetWithRoom();
    expect([stamper.stamp(bytes, 1000), stamper.stamp(bytes, 2000)]).toEqual([0, 1]);
    const packet = parseRtpPacket(bytes);
    expect(packet && EXTENSIONS.read(packet, "absSendTime")).toBe(2 << 18);
    expect(packet && EXTENSIONS.read(packet, "transportSequenceNumber")).toBe(1);
  });

  it("wraps its numbers at 16 bits", () => {
    const stamper = new TransportStamper(EXTENSIONS);
    const bytes = packetWithRoom();
    for (let count = 0; count < 0xffff; count += 1) stamper.stamp(bytes, 0);
    expect([stamper.stamp(bytes, 0), stamper.stamp(bytes, 0)]).toEqual([65535, 0]);
  });

  it("leaves a packet without room as it is", () => {
    const stamper = new TransportStamper(EXTENSIONS);
    const bytes = serializeRtpPacket({
      payloadType: 96,
      sequenceNumber: 1,
      timestamp: 2,
      ssrc: 3,
      payload: new Uint8Array(3),
    });
    const before = toHex(bytes);
    expect(stamper.stamp(bytes, 1000)).toBeUndefined();
    expect(toHex(bytes)).toBe(before);
  });

  it("does nothing when neither extension was negotiated", () => {
    expect(new TransportStamper(new HeaderExtensionMap()).stamp(packetWithRoom(), 1)).toBeUndefined();
  });
});
