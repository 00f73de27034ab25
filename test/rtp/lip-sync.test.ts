import { expect, it } from "vitest";
import { AudioSendStream } from "../../src/rtp/audio-send-stream.ts";
import { H264Packetizer } from "../../src/rtp/h264/packetizer.ts";
import { HeaderExtensionMap } from "../../src/rtp/header-extensions.ts";
import type { NtpTime } from "../../src/rtp/ntp-time.ts";
import { parseRtpPacket } from "../../src/rtp/packet.ts";
import { RoundTripTime } from "../../src/rtp/round-trip-time.ts";
import type { RtcpPacket } from "../../src/rtp/rtcp/compound.ts";
import { timestampDistance } from "../../src/rtp/sequence.ts";
import { VideoSendStream } from "../../src/rtp/video-send-stream.ts";
import { nalUnit } from "./support/frames.ts";
import { SeededRandom } from "./support/seeded-random.ts";

const COMMON = {
  cname: "a",
  extensions: new HeaderExtensionMap(),
  firstSequenceNumber: 1,
  wallOffsetMs: 1_700_000_000_123,
  roundTripTime: new RoundTripTime(),
};

/** The wall-clock time that a receiver finds for an RTP timestamp by a sender report (RFC 3550 §6.4.1). */
function wallMs([report]: readonly RtcpPacket[], rtpTimestamp: number, ticksPerMs: number): number {
  if (report?.type !== "sender-report") throw new Error("there is no report");
  return ntpMs(report.ntpTime) + timestampDistance(rtpTimestamp, report.rtpTimestamp) / ticksPerMs;
}

function ntpMs({ seconds, fraction }: NtpTime): number {
  return (seconds - 2_208_988_800) * 1000 + (fraction / 2 ** 32) * 1000;
}

it("sound and picture of one moment have one wall-clock time, however long their encoding took", () => {
  const random = new SeededRandom(1);
  const audio = new AudioSendStream({ ...COMMON, ssrc: 1, payloadType: 111, timestampOffset: 0x1234_5678 });
  const video = new VideoSendStream({
    ...COMMON,
    ssrc: 2,
    payloadType: 102,
    packetizer: new H264Packetizer(),
    timestampOffset: 0xffff_fff0,
  });
  for (let momentMs = 1000; momentMs < 11_000; momentMs += 100) {
    const timestampUs = momentMs * 1000;
    const level = { levelDbov: -20, voiceActivity: true };
    const sound = parseRtpPacket(
      audio.packetize({ data: new Uint8Array(10), timestampUs, ticks: 960, level }, momentMs - 20),
    );
    const encodedMs = momentMs + random.integer(1, 60);
    const result = video.packetize({ data: nalUnit(0x65, 500, random), keyframe: true, timestampUs }, encodedMs);
    const picture = result.type === "packets" ? parseRtpPacket(result.packets[0] ?? new Uint8Array()) : undefined;
    const [soundReport, pictureReport] = [audio.handleTimer(encodedMs), video.handleTimer(encodedMs)];
    if (soundReport.length === 0 || pictureReport.length === 0) continue;
    const soundMs = wallMs(soundReport, sound?.timestamp ?? 0, 48);
    const pictureMs = wallMs(pictureReport, picture?.timestamp ?? 0, 90);
    // A tick of the 90 kHz clock is 11 µs; numbers of milliseconds since 1970 end at about a quarter of a microsecond.
    expect(soundMs).toBeCloseTo(momentMs + COMMON.wallOffsetMs, 1);
    expect(pictureMs).toBeCloseTo(momentMs + COMMON.wallOffsetMs, 1);
  }
});
