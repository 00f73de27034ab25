import { describe, expect, it } from "vitest";
import { AudioFrame } from "../../../src/media/audio-frame.ts";
import { type RtpPacket, parseRtpPacket } from "../../../src/rtp/packet.ts";
import { PhoneSender } from "../../../src/transports/sip/phone-sender.ts";

function phone() {
  const packets: RtpPacket[] = [];
  const sender = new PhoneSender({
    ssrc: 7,
    timestampOffset: 1000,
    firstSequenceNumber: 65_535,
    wallOffsetMs: 0,
    send: (bytes) => {
      const packet = parseRtpPacket(bytes);
      if (packet) packets.push(packet);
    },
  });
  const say = (beginMs: number, nowMs = beginMs): void =>
    sender.send(
      new AudioFrame({ samples: new Int16Array(160).fill(4000), sampleRate: 8000, timestampUs: beginMs * 1000 }),
      nowMs,
    );
  return { sender, packets, say };
}

const shape = ({ sequenceNumber, timestamp, marker, payloadType, payload }: RtpPacket): unknown[] => [
  sequenceNumber,
  timestamp,
  marker,
  payloadType,
  payload.length,
];

describe("what a telephone is sent", () => {
  it("is 160 bytes for every 20 ms, numbered without a gap", () => {
    const { sender, packets, say } = phone();
    sender.start({ codec: "PCMA", payloadType: 8 }, 0);
    for (const ms of [0, 20, 40]) say(ms);
    expect(packets.map(shape)).toEqual([
      [65_535, 1000, true, 8, 160],
      [0, 1160, false, 8, 160],
      [1, 1320, false, 8, 160],
    ]);
  });

  it("is silence while nobody says anything, and says by a marker when time was left out", () => {
    const { sender, packets, say } = phone();
    sender.start({ codec: "PCMU", payloadType: 0 }, 0);
    sender.handleTimer(0);
    expect(packets[0]?.payload.every((byte) => byte === 0xff)).toBe(true);
    sender.handleTimer(60);
    expect(packets).toHaveLength(4);
    say(500);
    expect(packets.at(-1) && shape(packets.at(-1) as RtpPacket)).toEqual([3, 1000 + 4000, true, 0, 160]);
    expect(sender.nextTimerMs).toBe(560);
  });

  it("does not make up for a minute in which the process stood still", () => {
    const { sender, packets } = phone();
    sender.start({ codec: "PCMU", payloadType: 0 }, 0);
    sender.handleTimer(60_000);
    expect(packets).toHaveLength(1);
  });

  it("is nothing while it is on hold", () => {
    const { sender, packets, say } = phone();
    sender.start({ codec: "PCMU", payloadType: 0 }, 0);
    sender.stop();
    say(20);
    sender.handleTimer(100);
    expect([packets.length, sender.nextTimerMs]).toEqual([0, Infinity]);
  });
});
