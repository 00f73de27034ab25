import { describe, expect, it } from "vitest";
import { encodeALaw, encodeMuLaw } from "../../../src/media/g711.ts";
import type { AudioFrame } from "../../../src/media/audio-frame.ts";
import { parseRtpPacket, serializeRtpPacket } from "../../../src/rtp/packet.ts";
import { PhoneReceiver } from "../../../src/transports/sip/phone-receiver.ts";

interface Packet {
  readonly number: number;
  readonly ssrc?: number;
  readonly payloadType?: number;
  readonly payload?: Uint8Array;
  readonly timestamp?: number;
  readonly marker?: boolean;
  readonly atMs?: number;
}

/** A receiver that is given packets, and what it gave out. */
function phone() {
  const frames: AudioFrame[] = [];
  const keys: string[] = [];
  const receiver = new PhoneReceiver({ onAudio: (frame) => frames.push(frame), onKey: (key) => keys.push(key) });
  receiver.expect([{ codec: "PCMU", payloadType: 0 }], 101);
  const give = ({
    number,
    ssrc = 1,
    payloadType = 0,
    payload = sound(number),
    timestamp = number * 160,
    marker = false,
    atMs = number * 20,
  }: Packet): void => {
    const bytes = serializeRtpPacket({
      sequenceNumber: number & 0xffff,
      timestamp,
      ssrc,
      payloadType,
      payload,
      marker,
    });
    const packet = parseRtpPacket(bytes);
    if (packet) receiver.handlePacket(packet, atMs);
  };
  return { receiver, frames, keys, give };
}

/** 20 ms of 200 Hz that go on from packet to packet. */
function tone(number: number): Int16Array {
  return Int16Array.from(
    { length: 160 },
    (_, index) => 8000 * Math.sin((2 * Math.PI * 200 * (number * 160 + index)) / 8000),
  );
}
const sound = (number: number): Uint8Array => encodeMuLaw(tone(number));
const key = (event: number, duration: number, end = false): Uint8Array =>
  Uint8Array.of(event, end ? 0x8a : 0x0a, duration >> 8, duration & 0xff);
const totalMs = (frames: readonly AudioFrame[]): number => frames.reduce((sum, { durationMs }) => sum + durationMs, 0);

describe("the sound of a telephone", () => {
  it("comes out in order, whichever packet came first", () => {
    const { frames, give } = phone();
    for (const number of [0, 2, 1, 3]) give({ number });
    expect(frames.map(({ timestampUs }) => timestampUs)).toEqual([0, 20_000, 40_000, 60_000]);
  });

  it("has its gaps filled with a guess that goes on like the voice", () => {
    const { receiver, frames, give } = phone();
    for (const number of [0, 1, 2, 3, 4, 6]) give({ number });
    receiver.handleTimer(6 * 20 + 200);
    expect(totalMs(frames)).toBeGreaterThanOrEqual(7 * 20);
    const guess = frames[5]?.toInt16() ?? new Int16Array();
    const wanted = tone(5);
    const error = Math.max(...guess.subarray(0, 80).map((sample, index) => Math.abs(sample - (wanted[index] ?? 0))));
    expect(guess).toHaveLength(160);
    expect(error).toBeLessThan(800);
    expect(receiver.stats).toMatchObject({ packets: 6, packetsLost: 1, concealedMs: 20 });
  });

  it("is understood in either law, and in packets of any length", () => {
    const { frames, give } = phone();
    give({ number: 0, payloadType: 8, payload: encodeALaw(tone(0)) });
    give({ number: 1, payload: encodeMuLaw(tone(1).subarray(0, 80)) });
    expect(frames.map(({ length }) => length)).toEqual([160, 80]);
  });

  it("goes over to another sender of the same call, and counts on", () => {
    const { receiver, frames, give } = phone();
    for (const number of [0, 1, 2]) give({ number });
    for (const number of [5000, 5001, 5002, 5003]) give({ number, ssrc: 2, atMs: number * 20 - 99_940 });
    expect(frames).toHaveLength(3 + 2);
    expect(receiver.stats.packetsLost).toBe(0);
  });

  it("is not disturbed by a packet of somebody else", () => {
    const { frames, give } = phone();
    give({ number: 0 });
    give({ number: 900, ssrc: 666, atMs: 5 });
    give({ number: 1 });
    expect(frames).toHaveLength(2);
  });

  it("is silence where there is comfort noise, or nothing", () => {
    const { receiver, frames, give } = phone();
    give({ number: 0 });
    give({ number: 1, payloadType: 13, payload: Uint8Array.of(60) });
    for (let ms = 20; ms <= 400; ms += 20) receiver.handleTimer(ms);
    expect(totalMs(frames)).toBeGreaterThan(300);
    expect(frames.slice(1).every(({ samples }) => samples.every((sample) => sample === 0))).toBe(true);
  });

  it("is passed over where it is of no codec of the call, or too long to be a telephone's", () => {
    const { frames, give } = phone();
    give({ number: 0, payloadType: 96 });
    give({ number: 1, payload: new Uint8Array(1700) });
    expect(frames).toEqual([]);
  });
});

describe("the keys of a telephone", () => {
  it("are told once each, though each comes in many packets and the last one thrice", () => {
    const { keys, give } = phone();
    let number = 0;
    for (const [event, timestamp] of [
      [5, 800],
      [5, 4000],
      [11, 8000],
    ] as const) {
      for (const duration of [160, 320, 480])
        give({
          number: (number += 1),
          payloadType: 101,
          timestamp,
          payload: key(event, duration),
          marker: duration === 160,
        });
      for (let end = 0; end < 3; end += 1)
        give({ number: (number += 1), payloadType: 101, timestamp, payload: key(event, 640, true) });
    }
    expect(keys).toEqual(["5", "5", "#"]);
  });

  it("are told though their first packets were lost, and not again when an old one comes late", () => {
    const { keys, give } = phone();
    give({ number: 3, payloadType: 101, timestamp: 480, payload: key(1, 640, true) });
    give({ number: 9, payloadType: 101, timestamp: 4800, payload: key(2, 160), marker: true });
    give({ number: 2, payloadType: 101, timestamp: 480, payload: key(1, 320), atMs: 190 });
    expect(keys).toEqual(["1", "2"]);
  });

  it("may be pressed for longer than one event can say", () => {
    const { keys, give } = phone();
    give({ number: 1, payloadType: 101, timestamp: 0, payload: key(9, 160), marker: true });
    give({ number: 2, payloadType: 101, timestamp: 0, payload: key(9, 0xffff) });
    give({ number: 3, payloadType: 101, timestamp: 0xffff, payload: key(9, 160) });
    expect(keys).toEqual(["9"]);
  });
});
