import { describe, expect, it } from "vitest";
import { demultiplex } from "../../src/rtp/demultiplex.ts";
import { FrameAssembler } from "../../src/rtp/frame-assembler.ts";
import { h264Depacketizer } from "../../src/rtp/h264/depacketizer.ts";
import { findNalUnits } from "../../src/rtp/h264/nal-unit.ts";
import {
  HEADER_EXTENSION_URIS,
  HeaderExtensionMap,
  type HeaderExtensionName,
} from "../../src/rtp/header-extensions.ts";
import { parseRtpPacket, serializeRtpPacket } from "../../src/rtp/packet.ts";
import { RoundTripTime } from "../../src/rtp/round-trip-time.ts";
import { parseRtcp, serializeRtcp, serializeRtcpPacket, type RtcpPacket } from "../../src/rtp/rtcp/compound.ts";
import { VideoReceiveStream } from "../../src/rtp/video-receive-stream.ts";
import { VideoSendStream } from "../../src/rtp/video-send-stream.ts";
import type { VideoDepacketizer } from "../../src/rtp/video-payload-format.ts";
import { vp8Depacketizer } from "../../src/rtp/vp8/depacketizer.ts";
import { Vp8Packetizer } from "../../src/rtp/vp8/packetizer.ts";
import { parseVp8PayloadDescriptor } from "../../src/rtp/vp8/payload-descriptor.ts";
import { concatBytes } from "./support/hex.ts";
import { SeededRandom } from "./support/seeded-random.ts";

const ROUNDS = 100_000;
const TIMEOUT_MS = 60_000;

const NAMES = Object.keys(HEADER_EXTENSION_URIS) as HeaderExtensionName[];
const EXTENSIONS = new HeaderExtensionMap(NAMES.map((name, index) => [index + 1, HEADER_EXTENSION_URIS[name]]));

/** Random bytes, or a good packet with some bytes changed, cut off or added: nearly right is where parsers break. */
function damaged(good: readonly Uint8Array[], random: SeededRandom): Uint8Array {
  if (random.chance(0.3)) {
    const bytes = random.bytes(random.integer(0, 64));
    if (bytes.length > 0 && random.chance(0.8)) bytes[0] = 0x80 | ((bytes[0] ?? 0) & 0x3f);
    return bytes;
  }
  const bytes = random.pick(good).slice();
  for (let count = random.integer(0, 4); count > 0 && bytes.length > 0; count -= 1) {
    bytes[random.integer(0, Math.min(bytes.length - 1, 40))] = random.pick([
      0,
      1,
      0x7f,
      0x80,
      0xff,
      random.integer(0, 255),
    ]);
  }
  if (random.chance(0.3)) return bytes.subarray(0, random.integer(0, bytes.length));
  return random.chance(0.2) ? concatBytes(bytes, random.bytes(random.integer(1, 8))) : bytes;
}

const GOOD_RTP: readonly Uint8Array[] = [
  serializeRtpPacket({
    payloadType: 102,
    sequenceNumber: 1,
    timestamp: 1,
    ssrc: 1,
    payload: Uint8Array.of(0x65, 0x88, 1, 2),
  }),
  serializeRtpPacket({
    payloadType: 102,
    sequenceNumber: 2,
    timestamp: 1,
    ssrc: 1,
    payload: Uint8Array.of(0x7c, 0x85, 0x88, 2),
  }),
  serializeRtpPacket({
    payloadType: 102,
    sequenceNumber: 3,
    timestamp: 1,
    ssrc: 1,
    payload: Uint8Array.of(0x78, 0, 2, 0x67, 0x42, 0, 2, 0x68, 0xce),
    extensions: [
      ...EXTENSIONS.elements("mid", "0"),
      ...EXTENSIONS.elements("playoutDelay", { minimumMs: 0, maximumMs: 0 }),
    ],
    csrcs: [1, 2],
    paddingByteLength: 4,
  }),
  serializeRtpPacket({
    payloadType: 96,
    sequenceNumber: 4,
    timestamp: 1,
    ssrc: 1,
    marker: true,
    payload: Uint8Array.of(0x90, 0xe0, 0x80, 0x11, 7, 0x60, 0, 1, 2),
    extensions: [{ id: 15, value: new Uint8Array(20) }, ...EXTENSIONS.elements("absSendTime", 5)],
  }),
];

const REPORT = {
  ssrc: 1,
  fractionLost: 1,
  cumulativeLost: -1,
  extendedHighestSequence: 5,
  jitter: 6,
  lastSenderReport: 7,
  delaySinceLastSenderReport: 8,
};
const RTCP: readonly RtcpPacket[] = [
  {
    type: "sender-report",
    ssrc: 1,
    ntpTime: { seconds: 1, fraction: 2 },
    rtpTimestamp: 3,
    packetCount: 4,
    octetCount: 5,
    reports: [REPORT],
  },
  { type: "receiver-report", ssrc: 1, reports: [REPORT, REPORT] },
  { type: "source-description", sources: [{ ssrc: 1, cname: "name" }, { ssrc: 2 }] },
  { type: "goodbye", ssrcs: [1, 2] },
  { type: "nack", senderSsrc: 1, mediaSsrc: 1, sequenceNumbers: [1, 2, 30] },
  { type: "picture-loss-indication", senderSsrc: 1, mediaSsrc: 1 },
  { type: "full-intra-request", senderSsrc: 1, entries: [{ ssrc: 1, sequenceNumber: 1 }] },
  { type: "remb", senderSsrc: 1, bitrateBps: 1_000_000, ssrcs: [1, 2] },
  {
    type: "transport-wide-feedback",
    senderSsrc: 1,
    mediaSsrc: 2,
    baseSequence: 65_530,
    packetCount: 40,
    referenceTime: 0xff_fff0,
    feedbackCount: 255,
    arrivals: [0, 1, 2, 9, 10, 30].map((offset) => ({ offset, ticks: offset * (offset === 30 ? 100 : 4) })),
  },
];
const GOOD_RTCP: readonly Uint8Array[] = [
  ...RTCP.map(serializeRtcpPacket),
  serializeRtcp(RTCP, { ssrc: 1, cname: "a" }),
];

describe("bytes from a stranger", { timeout: TIMEOUT_MS }, () => {
  it("never make the parser of RTP throw, and what it accepts lies inside them", () => {
    const random = new SeededRandom(11);
    let accepted = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const bytes = damaged(GOOD_RTP, random);
      demultiplex(bytes);
      const packet = parseRtpPacket(bytes);
      if (!packet) continue;
      accepted += 1;
      const { extensionStart, extensionEnd, payload, paddingByteLength } = packet;
      const fits = extensionStart <= extensionEnd && extensionEnd + payload.length + paddingByteLength === bytes.length;
      if (!fits) throw new Error(`round ${round}: a part of the packet lies outside it`);
      for (const name of NAMES) EXTENSIONS.read(packet, name);
    }
    expect(accepted).toBeGreaterThan(ROUNDS / 10);
  });

  it("never make the parser of RTCP throw, and what it accepts can be written again", () => {
    const random = new SeededRandom(12);
    let accepted = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const packets = parseRtcp(damaged(GOOD_RTCP, random));
      if (!packets) continue;
      accepted += 1;
      if (parseRtcp(serializeRtcp(packets, { ssrc: 1, cname: "a" })) === undefined) {
        throw new Error(`round ${round}: what was read cannot be written`);
      }
    }
    expect(accepted).toBeGreaterThan(ROUNDS / 10);
  });

  it.each<[string, VideoDepacketizer]>([
    ["H.264", h264Depacketizer],
    ["VP8", vp8Depacketizer],
  ])("never make the depacketizer of %s throw", (_, depacketizer) => {
    const random = new SeededRandom(13);
    const good = GOOD_RTP.map((bytes) => parseRtpPacket(bytes)?.payload ?? bytes);
    let accepted = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const payloads = Array.from({ length: random.integer(0, 3) }, () => damaged(good, random));
      for (const payload of payloads) {
        depacketizer.beginsKeyframe(payload);
        const byteLength = parseVp8PayloadDescriptor(payload)?.byteLength ?? 0;
        if (byteLength >= Math.max(1, payload.length)) throw new Error(`round ${round}: a descriptor past the end`);
      }
      const frame = depacketizer.depacketize(payloads);
      if (!frame) continue;
      accepted += 1;
      findNalUnits(frame.data);
    }
    expect(accepted).toBeGreaterThan(ROUNDS / 100);
  });

  it("never make the frame assembler throw", () => {
    const random = new SeededRandom(14);
    const depacketizers = new Map([
      [102, h264Depacketizer],
      [96, vp8Depacketizer],
    ]);
    const assembler = new FrameAssembler({ depacketizers });
    let frames = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const packet = parseRtpPacket(damaged(GOOD_RTP, random));
      if (!packet) continue;
      const sequence = random.chance(0.99) ? Math.floor(round / 3) + random.integer(-20, 20) : random.integer(0, 1e9);
      if (sequence > 1e8) assembler.reset();
      frames += assembler.insert({ ...packet, timestamp: Math.floor(sequence / 3) }, { sequence, nowMs: round }).length;
      if (random.chance(0.01)) assembler.handleTimer(round);
    }
    expect(frames).toBeGreaterThan(10);
  });

  it("never make a whole receiving and sending stream throw", () => {
    const random = new SeededRandom(15);
    const roundTripTime = new RoundTripTime();
    const receiving = new VideoReceiveStream({
      ssrc: 1,
      localSsrc: 2,
      codecs: new Map([
        [102, "H264"],
        [96, "VP8"],
      ]),
      extensions: EXTENSIONS,
      feedback: { nack: true, pli: true, fir: true, remb: true },
      roundTripTime,
    });
    const sending = new VideoSendStream({
      ssrc: 1,
      cname: "a",
      payloadType: 96,
      packetizer: new Vp8Packetizer({ firstPictureId: 0 }),
      extensions: EXTENSIONS,
      timestampOffset: 0,
      firstSequenceNumber: 0,
      wallOffsetMs: 0,
      roundTripTime,
    });
    let frameCount = 0;
    const limits = { minimumBps: 150_000, maximumBps: 2_500_000 };
    for (let nowMs = 0; nowMs < ROUNDS; nowMs += 1) {
      const packet = parseRtpPacket(damaged(GOOD_RTP, random));
      if (packet) frameCount += receiving.handlePacket(packet, nowMs).length;
      if (nowMs % 33 === 0) {
        sending.packetize(
          { data: random.bytes(3000), keyframe: sending.takeForcedKeyframe(nowMs), timestampUs: nowMs * 1000 },
          nowMs,
        );
      }
      for (const rtcp of parseRtcp(damaged(GOOD_RTCP, random)) ?? []) {
        receiving.handleRtcp(rtcp, nowMs);
        sending.handleRtcp(rtcp, nowMs);
      }
      const due = [...receiving.handleTimer(nowMs), ...sending.handleTimer(nowMs)];
      if (due.length > 0 && !parseRtcp(serializeRtcp(due, { ssrc: 2, cname: "b" })))
        throw new Error(`${nowMs}: RTCP of our own is broken`);
      const target = sending.targetBitrateBps;
      if (!(target >= limits.minimumBps && target <= limits.maximumBps))
        throw new Error(`${nowMs}: a target of ${target}`);
    }
    expect(receiving.snapshot().frameCount).toBe(frameCount);
  });
});
