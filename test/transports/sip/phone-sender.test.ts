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
    for (const ms of [20, 40, 60]) sender.handleTimer(ms);
    expect(packets).toHaveLength(4);
    say(500);
    expect(packets.at(-1) && shape(packets.at(-1) as RtpPacket)).toEqual([3, 1000 + 4000, true, 0, 160]);
    expect(sender.nextTimerMs).toBe(560);
  });

  it("does not make up for a minute in which the process stood still", () => {
    const { sender, packets } = phone();
    sender.start({ codec: "PCMU", payloadType: 0 }, 0);
    sender.handleTimer(0);
    sender.handleTimer(60_000);
    expect(packets).toHaveLength(1);
    sender.handleTimer(60_020);
    expect(packets.map(({ timestamp }) => timestamp)).toEqual([1000, 1000 + 60_020 * 8]);
  });

  it("is not put off by stalls of this process: what waited meanwhile takes its time, not silence as well", () => {
    const { sender, packets, say } = phone();
    sender.start({ codec: "PCMU", payloadType: 0 }, 0);
    let nowMs = 0;
    for (let stall = 0; stall < 20; stall += 1) {
      nowMs += 120;
      // Its timers ring late, whichever comes first, then all that fell due is sent.
      sender.handleTimer(nowMs);
      for (let ms = nowMs - 100; ms <= nowMs; ms += 20) say(ms, nowMs);
    }
    expect(packets).toHaveLength(120);
    expect(packets.at(-1)?.timestamp).toBe(1000 + nowMs * 8);
  });

  it("leaves out what comes after its time was filled, so that nothing after it is late", () => {
    const { sender, packets, say } = phone();
    sender.start({ codec: "PCMU", payloadType: 0 }, 0);
    for (let ms = 0; ms <= 400; ms += 20) sender.handleTimer(ms);
    for (let ms = 200; ms <= 420; ms += 20) say(ms, 420);
    const ends = packets.map(({ timestamp }) => (timestamp - 1000) / 8);
    expect(Math.max(...ends)).toBeLessThanOrEqual(420 + 40);
    expect(packets).toHaveLength(21 + 3);
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
