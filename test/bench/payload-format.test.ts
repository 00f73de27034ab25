import { expect, test } from "vitest";
import { isKeyframe, joinPayloads, payloadsOf } from "../../bench/webrtc/payload-format.ts";
import type { RtpPacket } from "../../bench/webrtc/rtp-packet.ts";

const START_CODE = [0, 0, 0, 1];

test("an H.264 picture survives being cut into packets", () => {
  const large = Buffer.alloc(5000, 0x5a);
  large[0] = 0x65;
  const picture = Buffer.from([...START_CODE, 0x67, 1, 2, ...START_CODE, 0x68, 3, ...START_CODE, ...large]);
  const payloads = payloadsOf("h264", picture);
  expect(payloads.every(({ length }) => length <= 1200)).toBe(true);
  expect(joinPayloads("h264", payloads.map(packetOf))).toStrictEqual(picture);
});

test("a VP8 picture survives being cut into packets", () => {
  const picture = Buffer.alloc(3000, 0x31);
  expect(joinPayloads("vp8", payloadsOf("vp8", picture).map(packetOf))).toStrictEqual(picture);
});

test("units that travel together in one packet come apart again", () => {
  const payload = Buffer.from([24, 0, 2, 0x67, 1, 0, 3, 0x68, 2, 3]);
  const picture = Buffer.from([...START_CODE, 0x67, 1, ...START_CODE, 0x68, 2, 3]);
  expect(joinPayloads("h264", [packetOf(payload)])).toStrictEqual(picture);
});

test("a VP8 descriptor with a picture id is left out", () => {
  const payload = Buffer.from([0x90, 0x80, 0x81, 0x02, 0xaa, 0xbb]);
  expect(joinPayloads("vp8", [packetOf(payload)])).toStrictEqual(Buffer.from([0xaa, 0xbb]));
});

test("keyframes are told from other pictures", () => {
  expect([
    isKeyframe("h264", Buffer.from([...START_CODE, 0x67, 1, ...START_CODE, 0x65, 2])),
    isKeyframe("h264", Buffer.from([...START_CODE, 0x41, 2])),
    isKeyframe("vp8", Buffer.from([0x10])),
    isKeyframe("vp8", Buffer.from([0x11])),
  ]).toStrictEqual([true, false, true, false]);
});

function packetOf(payload: Buffer): RtpPacket {
  return { payloadType: 96, marker: false, sequenceNumber: 0, timestamp: 0, ssrc: 1, payload };
}
