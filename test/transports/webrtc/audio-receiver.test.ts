import { expect, test } from "vitest";
import { OpusDecoder } from "../../../src/codecs/opus-decoder.ts";
import { OpusEncoder } from "../../../src/codecs/opus-encoder.ts";
import type { AudioFrame } from "../../../src/media/audio-frame.ts";
import { parseRtpPacket, type RtpPacket, serializeRtpPacket } from "../../../src/rtp/packet.ts";
import { AudioReceiver } from "../../../src/transports/webrtc/audio-receiver.ts";
import { loudest, sine } from "../../support/tones.ts";

async function encode(frequency: number, count: number): Promise<Uint8Array[]> {
  await using encoder = await OpusEncoder.create();
  const packets: Uint8Array[] = [];
  for (let index = 0; index < count; index += 1) {
    const packet = await encoder.encode(sine(frequency, { length: 960, begin: index * 960 }).toInt16());
    if (packet) packets.push(packet);
  }
  return packets;
}

function packetOf(payload: Uint8Array, { index = 0, ssrc = 1, payloadType = 111 } = {}): RtpPacket {
  const values = { payloadType, sequenceNumber: index, timestamp: index * 960, ssrc, payload };
  const packet = parseRtpPacket(serializeRtpPacket(values));
  if (!packet) throw new Error("a packet of our own was refused");
  return packet;
}

/** A receiver, and a promise for when it has given out so many frames. */
function setUp({ channels = 1 }: { channels?: 1 | 2 } = {}) {
  const frames: AudioFrame[] = [];
  const errors: Error[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const receiver = new AudioReceiver({
    localSsrc: 9,
    payloadType: 111,
    channels,
    onFrame: (frame) => {
      frames.push(frame);
      for (const { count, resolve } of waiting) if (frames.length >= count) resolve();
    },
    onFailure: (error) => errors.push(error),
  });
  const received = (count: number): Promise<void> =>
    frames.length >= count ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve }));
  return { receiver, frames, errors, received };
}

const joined = (frames: readonly AudioFrame[]): number[] => frames.flatMap((frame) => [...frame.toFloat32()]);

test("packets become frames of 48 kHz on one line of time", async () => {
  const { receiver, frames, errors, received } = setUp();
  const payloads = await encode(440, 30);
  payloads.forEach((payload, index) => receiver.handlePacket(packetOf(payload, { index }), index * 20));
  await received(30);
  await receiver.close();
  expect(frames.map(({ timestampUs, length, channels }) => [timestampUs, length, channels])).toEqual(
    frames.map((_, index) => [index * 20_000, 960, 1]),
  );
  expect(Math.abs(loudest(joined(frames.slice(10))).frequency - 440)).toBeLessThan(5);
  expect(errors).toEqual([]);
});

test("a tone goes through losses", async () => {
  const { receiver, frames, received } = setUp();
  const payloads = await encode(440, 30);
  payloads.forEach((payload, index) => {
    const { nextTimerMs } = receiver;
    if (nextTimerMs !== undefined && nextTimerMs <= index * 20) receiver.handleTimer(index * 20);
    if (index % 10 !== 5) receiver.handlePacket(packetOf(payload, { index }), index * 20);
  });
  receiver.handleTimer(700);
  await received(30);
  await receiver.close();
  expect(frames).toHaveLength(30);
  const peak = loudest(joined(frames.slice(10)));
  expect(Math.abs(peak.frequency - 440)).toBeLessThan(5);
  expect(peak.amplitude).toBeGreaterThan(0.35);
});

test("lost packets of a voice come back from the copies in those after them", async () => {
  const { receiver, frames, received } = setUp();
  await using encoder = await OpusEncoder.create({ expectedLossPercent: 10 });
  await using decoder = await OpusDecoder.create({ channels: 1 });
  const whole: Int16Array[] = [];
  const lost: number[] = [];
  for (let index = 0; index < 100; index += 1) {
    // Syllables, since the encoder makes copies of voices only.
    const amplitude = Math.max(0, Math.sin(index / 4)) / 2;
    const payload = await encoder.encode(sine(150, { length: 960, begin: index * 960, amplitude }).toInt16());
    if (!payload) throw new Error("a packet was not encoded");
    whole.push(decoder.decode(payload));
    const { nextTimerMs } = receiver;
    if (nextTimerMs !== undefined && nextTimerMs <= index * 20) receiver.handleTimer(index * 20);
    if (index % 10 === 5) lost.push(index);
    else receiver.handlePacket(packetOf(payload, { index }), index * 20);
  }
  await received(100);
  await receiver.close();
  expect(receiver.stats?.packetsLost).toBe(10);
  expect(receiver.stats?.concealedMs).toBeLessThan(200);
  const energy = (samples: Iterable<number>): number => [...samples].reduce((sum, sample) => sum + sample * sample, 0);
  const energies = lost.map((index) => [energy(whole[index] ?? []), energy(frames[index]?.toInt16() ?? [])] as const);
  const [sent, heard] = [0, 1].map((at) => energies.reduce((sum, pair) => sum + (pair[at] ?? 0), 0));
  expect((heard ?? 0) / (sent ?? 1)).toBeGreaterThan(0.7);
});

test("a pause is silence in the channels that were agreed on", async () => {
  const { receiver, frames, received } = setUp({ channels: 2 });
  const [payload = new Uint8Array()] = await encode(440, 1);
  receiver.handlePacket(packetOf(payload), 0);
  receiver.handlePacket(packetOf(payload, { index: 3 }), 60);
  receiver.handleTimer(10_000);
  await received(4);
  await receiver.close();
  expect(frames.map(({ length, channels }) => [length, channels])).toEqual(frames.map(() => [960, 2]));
});

test("another stream takes over once the first has been silent for a second", async () => {
  const { receiver, frames, received } = setUp();
  const [payload = new Uint8Array()] = await encode(440, 1);
  receiver.handlePacket(packetOf(payload, { ssrc: 1 }), 0);
  receiver.handlePacket(packetOf(payload, { ssrc: 2, index: 50 }), 900);
  receiver.handlePacket(packetOf(payload, { ssrc: 2, index: 60 }), 1000);
  receiver.handlePacket(packetOf(payload, { ssrc: 1, index: 1 }), 1010);
  await received(2);
  await receiver.close();
  expect(frames.map(({ timestampUs }) => timestampUs)).toEqual([0, 60 * 20_000]);
});

test("packets of another payload type are passed over", async () => {
  const { receiver, frames } = setUp();
  const [payload = new Uint8Array()] = await encode(440, 1);
  receiver.handlePacket(packetOf(payload, { payloadType: 0 }), 0);
  expect(receiver.nextTimerMs).toBeUndefined();
  await receiver.close();
  expect(frames).toEqual([]);
});

test("closing at once is harmless", async () => {
  const { receiver, errors } = setUp();
  await Promise.all([receiver.close(), receiver.close()]);
  expect(errors).toEqual([]);
});
