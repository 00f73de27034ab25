import { expect, it } from "vitest";
import { RtpHeaderTemplate } from "../../src/rtp/header-template.ts";
import { serializeRtpPacket } from "../../src/rtp/packet.ts";
import { fromHex, toHex } from "./support/hex.ts";

it("a header from the template is the same as one written in full", () => {
  const extensions = [{ id: 3, value: fromHex("a1a2a3") }];
  const template = new RtpHeaderTemplate({ payloadType: 102, ssrc: 0xdeadbeef, extensions });
  const payload = fromHex("616263");
  for (const marker of [false, true]) {
    const packet = new Uint8Array(template.byteLength + payload.length);
    packet.set(payload, template.byteLength);
    template.write(packet, { marker, sequenceNumber: 65535, timestamp: 0xffff_fffe });
    expect(toHex(packet)).toBe(
      toHex(
        serializeRtpPacket({
          marker,
          payloadType: 102,
          ssrc: 0xdeadbeef,
          sequenceNumber: 65535,
          timestamp: 0xffff_fffe,
          extensions,
          payload,
        }),
      ),
    );
  }
});
