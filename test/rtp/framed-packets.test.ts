import { expect, it } from "vitest";
import { FramedPackets, framePacket } from "../../src/rtp/framed-packets.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

it("a packet is framed by its length in two bytes", () => {
  expect(hex(framePacket(Uint8Array.of(0x80, 0x60, 7)))).toBe("0003806007");
  expect(hex(framePacket(new Uint8Array(300)).subarray(0, 2))).toBe("012c");
});

it("packets come out of a stream as they went in, wherever it was cut", () => {
  const packets = [Uint8Array.of(1), new Uint8Array(300).fill(2), Uint8Array.of(3, 3)];
  const stream = Buffer.concat([...packets.map(framePacket), Buffer.of(0, 0)]);
  for (let size = 1; size <= stream.length; size += 1) {
    const framed = new FramedPackets();
    const found: string[] = [];
    for (let at = 0; at < stream.length; at += size) {
      for (const packet of framed.push(stream.subarray(at, at + size)) ?? []) found.push(hex(packet));
    }
    expect(found).toEqual(packets.map(hex));
  }
});

it("a stream of something else is known by a length that no packet has", () => {
  expect(new FramedPackets().push(Buffer.from("GET / HTTP/1.1\r\n\r\n"))).toBeUndefined();
  expect(new FramedPackets({ maxPacketLength: 2 }).push(Uint8Array.of(0, 2, 1, 1))).toHaveLength(1);
  expect(new FramedPackets({ maxPacketLength: 2 }).push(Uint8Array.of(0, 3))).toBeUndefined();
});
