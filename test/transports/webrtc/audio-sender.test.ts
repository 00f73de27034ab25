import { expect, test } from "vitest";
import { OpusDecoder } from "../../../src/codecs/opus-decoder.ts";
import { AudioFrame } from "../../../src/media/audio-frame.ts";
import { AudioSendStream } from "../../../src/rtp/audio-send-stream.ts";
import { HeaderExtensionMap } from "../../../src/rtp/header-extensions.ts";
import { carriesPreviousSound } from "../../../src/rtp/opus-packet.ts";
import { parseRtpPacket, type RtpPacket } from "../../../src/rtp/packet.ts";
import { RoundTripTime } from "../../../src/rtp/round-trip-time.ts";
import type { RtcpPacket } from "../../../src/rtp/rtcp/compound.ts";
import { AudioSender, type AudioSenderOptions } from "../../../src/transports/webrtc/audio-sender.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { SeededRandom } from "../../rtp/support/seeded-random.ts";
import { loudest, sine } from "../../support/tones.ts";
import { turn } from "../../support/turn.ts";

function setUp(options: Partial<AudioSenderOptions> = {}) {
  const packets: RtpPacket[] = [];
  const errors: Error[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const sender = new AudioSender({
    channels: 1,
    forwardErrorCorrection: false,
    discontinuous: false,
    clock: new ManualClock(),
    stream: new AudioSendStream({
      ssrc: 7,
      cname: "us",
      payloadType: 111,
      extensions: new HeaderExtensionMap(),
      timestampOffset: 0,
      firstSequenceNumber: 0,
      wallOffsetMs: 0,
      roundTripTime: new RoundTripTime(),
    }),
    sendPackets: (sent) => {
      for (const bytes of sent) {
        const packet = parseRtpPacket(bytes);
        if (packet) packets.push(packet);
      }
      for (const { count, resolve } of waiting) if (packets.length >= count) resolve();
    },
    onFailure: (error) => errors.push(error),
    ...options,
  });
  const sent = (count: number): Promise<void> =>
    packets.length >= count ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve }));
  return { sender, packets, errors, sent };
}

/** 20 ms of a tone, to be heard at its place. */
function piece(index: number, channels: 1 | 2 = 1): AudioFrame {
  const { samples } = sine(440, { length: 960, begin: index * 960 }).withChannels(channels);
  return new AudioFrame({ samples, sampleRate: 48_000, channels, timestampUs: index * 20_000 });
}

test.each([1, 2] as const)("sound leaves in order, and is the sound that came (%i channels)", async (channels) => {
  const { sender, packets, errors, sent } = setUp({ channels });
  expect(sender.format).toEqual({ sampleRate: 48_000, channels, packetMs: 20, leadMs: 20, heardDelayMs: 60 });
  for (let index = 0; index < 30; index += 1) {
    sender.send(piece(index, channels));
    await sent(index + 1);
  }
  await sender.close();
  expect(packets.map(({ timestamp }) => timestamp)).toEqual(packets.map((_, index) => index * 960));
  await using decoder = await OpusDecoder.create({ channels: 1 });
  const samples = packets.flatMap(({ payload }) => [...decoder.decode(payload)]).map((sample) => sample / 32_768);
  expect(Math.abs(loudest(samples.slice(9600)).frequency - 440)).toBeLessThan(5);
  expect(errors).toEqual([]);
});

test("when the encoder falls behind, the oldest sound goes, and the rest keeps its time", async () => {
  const { sender, packets, sent } = setUp();
  for (let index = 0; index < 100; index += 1) sender.send(piece(index));
  await sent(25);
  await sender.close();
  expect(packets.map(({ timestamp }) => timestamp / 960)).toEqual(Array.from({ length: 25 }, (_, index) => 75 + index));
});

/** What costs most: 20 ms of noise. */
function noise(index: number, random: SeededRandom): AudioFrame {
  const samples = Float32Array.from({ length: 960 }, () => random.next() - 0.5);
  return new AudioFrame({ samples, sampleRate: 48_000, channels: 1, timestampUs: index * 20_000 });
}

const kbps = (packets: readonly RtpPacket[]): number =>
  packets.reduce((sum, { payload }) => sum + payload.length * 8, 0) / packets.length / 20;

test("sound takes half the bits while the path is narrow, and all of them again when it is wide", async () => {
  const clock = new ManualClock();
  const path = { estimateBps: 1_000_000 };
  const { sender, packets, errors, sent } = setUp({ clock, path });
  const random = new SeededRandom(1);
  for (let index = 0; index < 700; index += 1) {
    path.estimateBps = index < 100 || index >= 300 ? 1_000_000 : 100_000;
    sender.send(noise(index, random));
    await sent(index + 1);
    clock.advance(20);
  }
  await sender.close();
  const rates = [packets.slice(20, 100), packets.slice(180, 300), packets.slice(600)].map(kbps);
  expect(rates.map((rate) => Math.round(rate / 8) * 8)).toEqual([32, 16, 32]);
  expect(packets.map(({ timestamp }) => timestamp)).toEqual(packets.map((_, index) => index * 960));
  expect(errors).toEqual([]);
});

test("sound takes no more bits than the peer wants", async () => {
  const { sender, packets, sent } = setUp({ maximumBps: 20_000 });
  const random = new SeededRandom(1);
  for (let index = 0; index < 100; index += 1) {
    sender.send(noise(index, random));
    await sent(index + 1);
  }
  await sender.close();
  expect(Math.abs(kbps(packets.slice(20)) - 20)).toBeLessThan(3);
});

/** What the peer says of the loss of our packets. */
const lossReport = (fraction: number): RtcpPacket => ({
  type: "receiver-report",
  ssrc: 3,
  reports: [
    {
      ssrc: 7,
      fractionLost: Math.round(fraction * 256),
      cumulativeLost: 0,
      extendedHighestSequence: 0,
      jitter: 0,
      lastSenderReport: 0,
      delaySinceLastSenderReport: 0,
    },
  ],
});

test.each([
  { forwardErrorCorrection: true, carrying: [0, 30] },
  { forwardErrorCorrection: false, carrying: [0, 0] },
])("packets carry copies once the peer reports losses, if it uses them: $forwardErrorCorrection", async (wish) => {
  const { forwardErrorCorrection, carrying } = wish;
  const { sender, packets, errors, sent } = setUp({ forwardErrorCorrection });
  const sendSyllables = async (from: number, to: number): Promise<void> => {
    for (let index = from; index < to; index += 1) {
      const { samples } = sine(150, {
        length: 960,
        begin: index * 960,
        amplitude: Math.max(0, Math.sin(index / 4)) / 2,
      });
      sender.send(new AudioFrame({ samples, sampleRate: 48_000, channels: 1, timestampUs: index * 20_000 }));
      await sent(index + 1);
    }
  };
  await sendSyllables(0, 100);
  sender.handleRtcp(lossReport(0.1), 2000);
  await sendSyllables(100, 200);
  await sender.close();
  const count = (from: number, to: number): number =>
    packets.slice(from, to).filter(({ payload }) => carriesPreviousSound(payload)).length;
  expect(count(0, 100)).toBe(carrying[0]);
  expect(count(100, 200)).toBeGreaterThanOrEqual(carrying[1] ?? 0);
  expect(packets.map(({ timestamp }) => timestamp)).toEqual(packets.map((_, index) => index * 960));
  expect(errors).toEqual([]);
});

test("what waits can be dropped", async () => {
  const { sender, packets, sent } = setUp();
  for (let index = 0; index < 10; index += 1) sender.send(piece(index));
  sender.clear();
  sender.send(piece(50));
  await sent(1);
  await sender.close();
  expect(packets.map(({ timestamp }) => timestamp / 960)).toEqual([50]);
});

test("a packet of silence shows every two seconds that there is still somebody, while there is no sound", async () => {
  const clock = new ManualClock();
  const { sender, packets, sent } = setUp({ clock });
  expect(sender.nextTimerMs).toBeUndefined();
  clock.advance(1000);
  sender.start(clock.nowMs());
  const keepAlive = (): unknown => {
    sender.handleTimer(clock.nowMs());
    return packets.at(-1);
  };
  expect(keepAlive()).toMatchObject({ marker: true, timestamp: 980 * 48, payload: Uint8Array.of(0xf8, 0xff, 0xfe) });
  clock.advance(1500);
  sender.send(new AudioFrame({ samples: new Int16Array(960), sampleRate: 48_000, timestampUs: 2_500_000 }));
  await sent(2);
  await turn();
  clock.advance(120);
  expect(keepAlive()).toMatchObject({ timestamp: 2600 * 48 });
  clock.advance(1999);
  expect(keepAlive()).toMatchObject({ timestamp: 2600 * 48 });
  clock.advance(1);
  expect(keepAlive()).toMatchObject({ timestamp: 4600 * 48 });
  await sender.close();
  expect(packets).toHaveLength(8); // Five of them close the sound.
});

test("sound that ends is followed by 100 ms of silence, so that no jitter buffer keeps its last packets", async () => {
  const clock = new ManualClock();
  const { sender, packets, sent } = setUp({ clock });
  sender.start(0);
  sender.send(piece(0));
  await sent(1);
  clock.advance(20);
  sender.send(piece(1));
  await sent(2);
  await turn();
  const seen: unknown[] = [];
  while (clock.nowMs() < 300) {
    clock.advance(10);
    const before = packets.length;
    sender.handleTimer(clock.nowMs());
    for (const { timestamp, marker, payload } of packets.slice(before)) {
      seen.push([clock.nowMs(), timestamp / 960, marker, payload.length]);
    }
  }
  expect(seen).toEqual([2, 3, 4, 5, 6].map((index) => [140, index, false, 3]));
  await sender.close();
});

test("sound that is cut off is followed by silence at once and at its pace, until there is sound again", async () => {
  const clock = new ManualClock();
  const { sender, packets, sent } = setUp({ clock });
  sender.start(0);
  sender.send(piece(0));
  await sent(1);
  await turn();
  sender.clear();
  const seen: unknown[] = [];
  const passUntil = (endMs: number): void => {
    while (clock.nowMs() < endMs) {
      clock.advance(10);
      const before = packets.length;
      sender.handleTimer(clock.nowMs());
      for (const { timestamp, payload } of packets.slice(before)) {
        seen.push([clock.nowMs(), timestamp / 960, payload.length]);
      }
    }
  };
  passUntil(80);
  expect(seen).toEqual([
    [40, 1, 3],
    [60, 2, 3],
    [80, 3, 3],
  ]);
  sender.send(piece(4));
  await sent(5);
  await turn();
  passUntil(300);
  // The other sound was not cut off: its silence comes in one.
  expect(seen.slice(3)).toEqual([5, 6, 7, 8, 9].map((index) => [200, index, 3]));
  await sender.close();
});

test("no silence comes between pieces of sound, even when the process stood still for longer", async () => {
  const clock = new ManualClock();
  const { sender, packets, sent } = setUp({ clock });
  sender.start(0);
  sender.send(piece(0));
  await sent(1);
  await turn();
  clock.advance(500);
  sender.handleTimer(clock.nowMs()); // It is not known yet whether there is more.
  sender.send(piece(1));
  clock.advance(40);
  sender.handleTimer(clock.nowMs());
  await sent(2);
  await turn();
  expect(packets.map(({ timestamp }) => timestamp / 960)).toEqual([0, 1]);
  await sender.close();
});

test("closing at once is harmless, and nothing leaves afterwards", async () => {
  const { sender, packets, errors } = setUp();
  sender.send(piece(0));
  await Promise.all([sender.close(), sender.close()]);
  sender.send(piece(1));
  expect([packets, errors]).toEqual([[], []]);
});
