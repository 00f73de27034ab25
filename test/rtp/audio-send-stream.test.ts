import { describe, expect, it } from "vitest";
import { AudioSendStream, type AudioSendStreamOptions } from "../../src/rtp/audio-send-stream.ts";
import {
  HEADER_EXTENSION_URIS,
  HeaderExtensionMap,
  type HeaderExtensionName,
} from "../../src/rtp/header-extensions.ts";
import { ntpFromWallMs } from "../../src/rtp/ntp-time.ts";
import { parseRtpPacket, type RtpPacket } from "../../src/rtp/packet.ts";
import { RoundTripTime } from "../../src/rtp/round-trip-time.ts";
import type { RtcpPacket } from "../../src/rtp/rtcp/compound.ts";

const NAMES: readonly HeaderExtensionName[] = ["mid", "audioLevel", "absSendTime"];
const EXTENSIONS = new HeaderExtensionMap(NAMES.map((name, index) => [index + 1, HEADER_EXTENSION_URIS[name]]));
const WALL_OFFSET_MS = 1_700_000_000_000;
const SSRC = 0xbeef;
const LEVEL = { levelDbov: -20, voiceActivity: true };

function sender(options: Partial<AudioSendStreamOptions> = {}): AudioSendStream {
  return new AudioSendStream({
    ssrc: SSRC,
    cname: "us",
    payloadType: 111,
    extensions: EXTENSIONS,
    mid: "0",
    timestampOffset: 0,
    firstSequenceNumber: 10,
    wallOffsetMs: WALL_OFFSET_MS,
    roundTripTime: new RoundTripTime(),
    ...options,
  });
}

/** Sends 20 ms that are to be heard at `atMs`. */
function send(stream: AudioSendStream, atMs: number, { nowMs = atMs, byteLength = 5, level = LEVEL } = {}): RtpPacket {
  const data = new Uint8Array(byteLength).fill(7);
  const packet = parseRtpPacket(stream.packetize({ data, timestampUs: atMs * 1000, ticks: 960, level }, nowMs));
  if (!packet) throw new Error("a packet of our own was refused");
  return packet;
}

describe("sent sound", () => {
  it("carries the marker where it begins, and counts on", () => {
    const stream = sender({ timestampOffset: 2 ** 32 - 960, firstSequenceNumber: 65_535 });
    const packets = [0, 20, 40].map((atMs) => send(stream, atMs));
    expect(packets.map(({ marker, sequenceNumber, timestamp }) => [marker, sequenceNumber, timestamp])).toEqual([
      [true, 65_535, 2 ** 32 - 960],
      [false, 0, 0],
      [false, 1, 960],
    ]);
    expect(packets[0]).toMatchObject({ payloadType: 111, ssrc: SSRC, payload: new Uint8Array(5).fill(7) });
  });

  it("never overlaps what was sent: sound that would begin before its end goes on there, until the next pause", () => {
    const stream = sender();
    const packets = [100, 80, 100, 120, 500].map((atMs) => send(stream, atMs));
    expect(packets.map(({ timestamp, marker }) => [timestamp / 48, marker])).toEqual([
      [100, true],
      [120, false],
      [140, false],
      [160, false],
      [500, true],
    ]);
  });

  it("jumps in its timestamps over a pause, and carries the marker after it", () => {
    const stream = sender();
    const packets = [0, 20, 1040, 1060].map((atMs) => send(stream, atMs));
    expect(packets.map(({ timestamp }) => timestamp / 48)).toEqual([0, 20, 1040, 1060]);
    expect(packets.map(({ marker }) => marker)).toEqual([true, false, true, false]);
    expect(packets.map(({ sequenceNumber }) => sequenceNumber)).toEqual([10, 11, 12, 13]);
  });

  it("goes on without a seam where times are rounded, without drifting off", () => {
    const stream = sender();
    // A clock that runs a little fast: 20.0004 ms to a packet.
    const packets = Array.from({ length: 10_000 }, (_, index) => send(stream, index * 20.0004));
    const steps = packets.slice(1).map(({ timestamp }, index) => timestamp - (packets[index]?.timestamp ?? 0));
    expect(new Set(steps.filter((step) => step !== 960)).size).toBeLessThanOrEqual(1);
    expect(Math.abs((packets.at(-1)?.timestamp ?? 0) / 48 - 9999 * 20.0004)).toBeLessThanOrEqual(1.1);
  });

  it("says which m-line it belongs to and how loud it is", () => {
    const stream = sender();
    const packet = send(stream, 0, { level: { levelDbov: -33.4, voiceActivity: false } });
    expect(EXTENSIONS.read(packet, "mid")).toBe("0");
    expect(EXTENSIONS.read(packet, "audioLevel")).toEqual({ levelDbov: -33, voiceActivity: false });
    expect(EXTENSIONS.read(packet, "absSendTime")).toBe(0);
  });

  it("needs none of the header extensions", () => {
    const stream = sender({ extensions: new HeaderExtensionMap() });
    expect(send(stream, 0).bytes).toHaveLength(12 + 5);
  });
});

describe("reports about sent sound", () => {
  it("leave every second, and put the time of hearing against the wall clock, not that of sending", () => {
    const stream = sender();
    expect(stream.nextTimerMs).toBeUndefined();
    send(stream, 1000, { nowMs: 985 });
    expect(stream.nextTimerMs).toBe(985);
    send(stream, 1020, { nowMs: 1003 });
    const [report, description] = stream.handleTimer(1100);
    expect(report).toEqual({
      type: "sender-report",
      ssrc: SSRC,
      ntpTime: ntpFromWallMs(WALL_OFFSET_MS + 1100),
      rtpTimestamp: 1100 * 48,
      packetCount: 2,
      octetCount: 10,
      reports: [],
    });
    expect(description).toEqual({ type: "source-description", sources: [{ ssrc: SSRC, cname: "us" }] });
    expect([stream.nextTimerMs, stream.handleTimer(2099)]).toEqual([2100, []]);
  });

  it("from the peer tell the loss and the round trip, when they are about this stream", () => {
    const roundTripTime = new RoundTripTime();
    const stream = sender({ roundTripTime });
    const block = {
      ssrc: SSRC,
      fractionLost: 64,
      cumulativeLost: 1,
      extendedHighestSequence: 0,
      jitter: 0,
      lastSenderReport: ((ntpFromWallMs(WALL_OFFSET_MS).seconds & 0xffff) << 16) >>> 0,
      delaySinceLastSenderReport: 0,
    };
    stream.handleRtcp({ type: "receiver-report", ssrc: 3, reports: [{ ...block, ssrc: 1 }] }, 50);
    expect(stream.stats.fractionLost).toBe(0);
    stream.handleRtcp({ type: "receiver-report", ssrc: 3, reports: [block] }, 50);
    expect(stream.stats.fractionLost).toBe(0.25);
    expect(roundTripTime.currentMs).toBeCloseTo(50, 0);
  });
});

describe("packets of sound", () => {
  const nack = (...sequenceNumbers: number[]): RtcpPacket => ({
    type: "nack",
    senderSsrc: 3,
    mediaSsrc: SSRC,
    sequenceNumbers,
  });

  it("are sent again when asked for, once per round trip, while they are of use", () => {
    const stream = sender({ nack: true });
    const packets = [0, 20, 40].map((atMs) => send(stream, atMs, { nowMs: atMs }));
    const first = packets[0]?.sequenceNumber ?? 0;
    const resent = (atMs: number): number[] =>
      stream.handleRtcp(nack(first + 1, first + 9), atMs).map((bytes) => parseRtpPacket(bytes)?.sequenceNumber ?? -1);
    expect([resent(100), resent(110), resent(210), resent(530)]).toEqual([[first + 1], [], [first + 1], []]);
  });

  it("are not sent again where that was not agreed on, or for another stream", () => {
    const stream = sender();
    const { sequenceNumber } = send(stream, 0, { nowMs: 0 });
    expect(stream.handleRtcp(nack(sequenceNumber), 100)).toEqual([]);
    const other = sender({ nack: true });
    send(other, 0, { nowMs: 0 });
    expect(other.handleRtcp({ ...nack(sequenceNumber), mediaSsrc: 1 } as RtcpPacket, 100)).toEqual([]);
  });
});
