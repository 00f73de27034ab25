import { describe, expect, it } from "vitest";
import { HeaderExtensionMap } from "../../src/rtp/header-extensions.ts";
import { compactNtp, ntpFromWallMs } from "../../src/rtp/ntp-time.ts";
import { parseRtpPacket, type RtpPacket, serializeRtpPacket } from "../../src/rtp/packet.ts";
import { RoundTripTime } from "../../src/rtp/round-trip-time.ts";
import { RtxWrapper, unwrapRtx } from "../../src/rtp/rtx.ts";
import { VideoReceiveStream } from "../../src/rtp/video-receive-stream.ts";
import { VideoSendStream } from "../../src/rtp/video-send-stream.ts";
import { Vp8Packetizer } from "../../src/rtp/vp8/packetizer.ts";
import { fromHex, toHex } from "./support/hex.ts";

const ORIGINAL = { ssrc: 0x01020304, payloadType: 96 };

function parse(bytes: Uint8Array): RtpPacket {
  const packet = parseRtpPacket(bytes);
  if (!packet) throw new Error("not an RTP packet");
  return packet;
}

describe("a retransmission", () => {
  it("carries the original behind its sequence number, on a stream of its own", () => {
    const wrapper = new RtxWrapper({ ssrc: 0x0a0b0c0d, payloadType: 97, firstSequenceNumber: 65_535 });
    const bytes = fromHex("90 e0 fffe 11223344 01020304 bede0001 10a10000 616263");
    expect(toHex(wrapper.wrap(bytes, 20))).toBe(
      toHex(fromHex("90 e1 ffff 11223344 0a0b0c0d bede0001 10a10000 fffe 616263")),
    );
    expect(toHex(wrapper.wrap(bytes, 20)).slice(4, 8)).toBe("0000");
  });

  it("gives the original back", () => {
    const packet = parse(fromHex("90 e1 ffff 11223344 0a0b0c0d bede0001 10a10000 fffe 616263"));
    expect(unwrapRtx(packet, ORIGINAL)).toMatchObject({
      ...ORIGINAL,
      marker: true,
      sequenceNumber: 0xfffe,
      timestamp: 0x11223344,
      payload: fromHex("616263"),
    });
  });

  it.each(["", "ff"])("without an original is nothing: payload of %j", (payload) => {
    expect(unwrapRtx(parse(fromHex(`80 61 0001 00000000 0a0b0c0d ${payload}`)), ORIGINAL)).toBeUndefined();
  });

  it("repairs a frame, without counting as received in the first place", () => {
    const roundTripTime = new RoundTripTime();
    const sending = new VideoSendStream({
      ...ORIGINAL,
      cname: "a",
      packetizer: new Vp8Packetizer({ firstPictureId: 0 }),
      extensions: new HeaderExtensionMap(),
      timestampOffset: 0,
      firstSequenceNumber: 65_535,
      wallOffsetMs: 0,
      roundTripTime,
      rtx: { ssrc: 0x0a0b0c0d, payloadType: 97, firstSequenceNumber: 5 },
    });
    const receiving = new VideoReceiveStream({
      ssrc: ORIGINAL.ssrc,
      localSsrc: 1,
      codecs: new Map([[96, "VP8"]]),
      rtxPayloadTypes: new Map([[97, 96]]),
      extensions: new HeaderExtensionMap(),
      feedback: { nack: true, pli: true, fir: false, remb: false },
      roundTripTime,
    });
    const result = sending.packetize({ data: new Uint8Array(4000), keyframe: true, timestampUs: 0 }, 0);
    const packets = result.type === "packets" ? result.packets : [];
    for (const bytes of packets.filter((_, index) => index !== 1)) receiving.handlePacket(parse(bytes), 0);
    const [resent, ...others] = receiving.handleTimer(5).flatMap((rtcp) => sending.handleRtcp(rtcp, 10));
    expect(others).toEqual([]);
    expect(parse(resent ?? new Uint8Array())).toMatchObject({ ssrc: 0x0a0b0c0d, payloadType: 97, sequenceNumber: 5 });
    const padding = serializeRtpPacket({
      payloadType: 97,
      sequenceNumber: 6,
      timestamp: 0,
      ssrc: 0x0a0b0c0d,
      payload: new Uint8Array(0),
      paddingByteLength: 200,
    });
    expect(receiving.handlePacket(parse(padding), 11)).toEqual([]);
    expect(receiving.handlePacket(parse(resent ?? new Uint8Array()), 12)).toHaveLength(1);
    expect(receiving.snapshot()).toMatchObject({ packetCount: 3, cumulativeLost: 1, frameCount: 1 });
    expect(sending.stats).toMatchObject({ packetCount: 4, resentPacketCount: 1 });
  });

  it("goes twice when it is asked for once more and a round trip is long", () => {
    const roundTripTime = new RoundTripTime();
    const report = { ssrc: 1, fractionLost: 0, cumulativeLost: 0, extendedHighestSequence: 0, jitter: 0 };
    const lastSenderReport = compactNtp(ntpFromWallMs(1000));
    roundTripTime.handleReportBlock({ ...report, lastSenderReport, delaySinceLastSenderReport: 0 }, 1100);
    const sending = new VideoSendStream({
      ...ORIGINAL,
      cname: "a",
      packetizer: new Vp8Packetizer({ firstPictureId: 0 }),
      extensions: new HeaderExtensionMap(),
      timestampOffset: 0,
      firstSequenceNumber: 7,
      wallOffsetMs: 0,
      roundTripTime,
      rtx: { ssrc: 0x0a0b0c0d, payloadType: 97, firstSequenceNumber: 5 },
    });
    sending.packetize({ data: new Uint8Array(100), keyframe: true, timestampUs: 0 }, 0);
    const resent = (nowMs: number): number[] =>
      sending
        .handleRtcp({ type: "nack", senderSsrc: 1, mediaSsrc: ORIGINAL.ssrc, sequenceNumbers: [7] }, nowMs)
        .map((bytes) => parse(bytes).sequenceNumber);
    expect([resent(50), resent(70), resent(160), resent(180)]).toEqual([[5], [], [6, 7], []]);
  });
});
