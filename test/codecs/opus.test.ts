import { expect, test } from "vitest";
import { OpusDecoder } from "../../src/codecs/opus-decoder.ts";
import { OPUS_PACKET_SAMPLES, OpusEncoder, type OpusEncoderOptions } from "../../src/codecs/opus-encoder.ts";
import { carriesPreviousSound } from "../../src/rtp/opus-packet.ts";

/** 20 ms of a hummed vowel, the `index`th of an endless one; both channels alike. */
function hum(index: number, channels: 1 | 2 = 1): Int16Array {
  const samples = new Int16Array(OPUS_PACKET_SAMPLES * channels);
  for (let at = 0; at < samples.length; at++) {
    const seconds = (index * OPUS_PACKET_SAMPLES + Math.floor(at / channels)) / 48_000;
    for (const [harmonic, amplitude] of [5000, 2500, 1500].entries()) {
      samples[at] = (samples[at] ?? 0) + amplitude * Math.sin(2 * Math.PI * 150 * (1 + 2 * harmonic) * seconds);
    }
  }
  return samples;
}

function loudness(samples: Int16Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}

/** How alike two sounds are at the best shift within 10 ms, from 0 to 1. */
function likeness(a: Int16Array, b: Int16Array): number {
  let best = 0;
  for (let shift = 0; shift < 480; shift++) {
    let product = 0;
    for (let at = 0; at + shift < a.length; at++) product += (a[at] ?? 0) * (b[at + shift] ?? 0);
    best = Math.max(best, product / ((a.length - shift) * loudness(a) * loudness(b)));
  }
  return best;
}

async function encodeHum(length: number, options: OpusEncoderOptions = {}): Promise<Uint8Array[]> {
  await using encoder = await OpusEncoder.create(options);
  const packets: Uint8Array[] = [];
  for (let index = 0; index < length; index++) {
    const packet = await encoder.encode(hum(index, options.channels));
    if (packet) packets.push(packet);
  }
  return packets;
}

test.each([
  { channels: 1, content: "speech" },
  { channels: 2, content: "speech" },
  { channels: 1, content: "music" },
  { channels: 2, content: "music" },
] as const)("sound comes back alike: $channels channels of $content", async ({ channels, content }) => {
  const packets = await encodeHum(30, { channels, content });
  await using decoder = await OpusDecoder.create({ channels });
  const sounds = packets.map((packet) => decoder.decode(packet));
  expect(sounds.map((samples) => samples.length)).toEqual(packets.map(() => OPUS_PACKET_SAMPLES * channels));
  const [left, right] = [0, 1].map((offset) => sounds[20]?.filter((_, at) => at % channels === offset % channels));
  expect(likeness(hum(20), left ?? new Int16Array())).toBeGreaterThan(0.85);
  expect(likeness(hum(20), right ?? new Int16Array())).toBeGreaterThan(0.85);
});

test("the bitrate is near the one asked for", async () => {
  const bitrates: number[] = [];
  for (const bitrate of [16_000, 64_000]) {
    const packets = await encodeHum(100, { bitrate });
    bitrates.push(packets.reduce((sum, { byteLength }) => sum + byteLength * 8, 0) / 2);
  }
  expect(bitrates[0]).toBeLessThan(20_000);
  expect(bitrates[1]).toBeGreaterThan(40_000);
  expect(bitrates[1]).toBeLessThan(80_000);
});

test("a mono packet fills both channels of a stereo decoder", async () => {
  const packets = await encodeHum(10);
  await using decoder = await OpusDecoder.create();
  const samples = packets.map((packet) => decoder.decode(packet)).at(-1) ?? new Int16Array();
  expect(samples).toHaveLength(2 * OPUS_PACKET_SAMPLES);
  expect(samples.filter((_, at) => at % 2 === 0)).toEqual(samples.filter((_, at) => at % 2 === 1));
});

test("a lost packet is concealed by a voice that goes on and fades", async () => {
  const packets = await encodeHum(30);
  await using decoder = await OpusDecoder.create({ channels: 1 });
  const before = packets.map((packet) => loudness(decoder.decode(packet))).at(-1) ?? 0;
  const concealed = Array.from({ length: 20 }, () => loudness(decoder.conceal()));
  expect((concealed[0] ?? 0) / before).toBeGreaterThan(0.4);
  expect((concealed[4] ?? 0) / before).toBeLessThan(0.3);
  expect((concealed.at(-1) ?? 0) / before).toBeLessThan(0.1);
});

test("sound follows a loss", async () => {
  const packets = await encodeHum(30);
  await using decoder = await OpusDecoder.create({ channels: 1 });
  const sounds = packets.map((packet, index) => (index === 20 ? decoder.conceal() : decoder.decode(packet)));
  expect(likeness(hum(28), sounds[28] ?? new Int16Array())).toBeGreaterThan(0.85);
});

test.each([1, 2] as const)(
  "a lost packet of a voice comes back from the copy in the next, in %d channels",
  async (channels) => {
    await using encoder = await OpusEncoder.create({ channels, bitrate: 32_000 * channels, expectedLossPercent: 10 });
    const packets: Uint8Array[] = [];
    for (let index = 0; index < 100; index++) {
      // Syllables: the encoder makes copies of what it takes for a voice, and an even hum soon is none.
      const stress = Math.max(0, Math.sin(index / 4));
      const packet = await encoder.encode(hum(index, channels).map((sample) => sample * stress));
      if (packet) packets.push(packet);
    }
    await using whole = await OpusDecoder.create({ channels });
    await using recovering = await OpusDecoder.create({ channels });
    await using guessing = await OpusDecoder.create({ channels });
    const recovered: number[] = [];
    const guessed: number[] = [];
    for (const [index, packet] of packets.entries()) {
      const sound = whole.decode(packet);
      const next = packets[index + 1];
      if (index < 20 || index % 3 > 0 || !next || !carriesPreviousSound(next)) {
        recovering.decode(packet);
        guessing.decode(packet);
      } else {
        recovered.push(likeness(sound, recovering.recover(next)));
        guessed.push(likeness(sound, guessing.conceal()));
      }
    }
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(recovered.length).toBeGreaterThan(5);
    expect(mean(recovered)).toBeGreaterThan(0.95);
    expect(mean(recovered)).toBeGreaterThan(mean(guessed));
  },
);

test("a copy that is not there is a guess, and nonsense is no worse", async () => {
  const packets = await encodeHum(20, { content: "music", bitrate: 96_000 });
  expect(packets.some(carriesPreviousSound)).toBe(false);
  await using decoder = await OpusDecoder.create({ channels: 1 });
  const last = packets.pop() ?? new Uint8Array();
  expect(decoder.recover(last)).toEqual(new Int16Array(OPUS_PACKET_SAMPLES));
  for (const packet of packets) decoder.decode(packet);
  expect(loudness(decoder.recover(last))).toBeGreaterThan(500);
  for (const nonsense of [[], [0xff], [0xff, 0xff], [0x4b, 0], [3, 1, 2, 3]]) {
    expect(decoder.recover(Uint8Array.from(nonsense))).toHaveLength(OPUS_PACKET_SAMPLES);
  }
});

test("a packet of several frames is concealed at its whole length", async () => {
  const packets = await encodeHum(10, { bitrate: 24_000 });
  const [first, second] = packets.slice(-2);
  const toc = (first?.[0] ?? 0) & 0xfc;
  // RFC 6716 section 3.2.5: two frames, each with its own length (code 3, VBR).
  const [a, b] = [first?.subarray(1) ?? new Uint8Array(), second?.subarray(1) ?? new Uint8Array()];
  const joined = Uint8Array.of(toc | 3, 0x80 | 2, a.length, ...a, ...b);
  await using decoder = await OpusDecoder.create({ channels: 1 });
  expect(decoder.decode(joined)).toHaveLength(2 * OPUS_PACKET_SAMPLES);
  expect(decoder.conceal()).toHaveLength(2 * OPUS_PACKET_SAMPLES);
});

test("before the first packet a loss is 20 ms of silence", async () => {
  await using decoder = await OpusDecoder.create({ channels: 1 });
  expect(decoder.conceal()).toEqual(new Int16Array(OPUS_PACKET_SAMPLES));
});

test("2,000 pieces of garbage neither crash nor throw, and the sound goes on after them", async () => {
  const packets = await encodeHum(10);
  await using decoder = await OpusDecoder.create({ channels: 1 });
  let state = 1;
  for (let index = 0; index < 2000; index++) {
    const garbage = Uint8Array.from({ length: index % 200 }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state >>> 24;
    });
    expect(decoder.decode(garbage).length).toBeGreaterThan(0);
  }
  const sounds = packets.map((packet) => decoder.decode(packet));
  expect(likeness(hum(9), sounds.at(-1) ?? new Int16Array())).toBeGreaterThan(0.85);
});

test("silence needs hardly a packet when transmission is discontinuous, and speech comes through again", async () => {
  await using encoder = await OpusEncoder.create({ discontinuous: true });
  const sent = { speech: 0, silence: 0, speechAgain: 0 };
  for (let index = 0; index < 25; index++) if (await encoder.encode(hum(index))) sent.speech += 1;
  for (let index = 0; index < 20; index++) await encoder.encode(new Int16Array(OPUS_PACKET_SAMPLES));
  for (let index = 0; index < 50; index++) {
    if (await encoder.encode(new Int16Array(OPUS_PACKET_SAMPLES))) sent.silence += 1;
  }
  for (let index = 0; index < 25; index++) if (await encoder.encode(hum(index))) sent.speechAgain += 1;
  expect(sent.speech).toBe(25);
  expect(sent.silence).toBeLessThanOrEqual(3);
  expect(sent.speechAgain).toBe(25);
});

test("expected loss makes packets larger by a copy of the one before", async () => {
  const total = (packets: Uint8Array[]): number => packets.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const plain = await encodeHum(50, { bitrate: 24_000 });
  const guarded = await encodeHum(50, { bitrate: 24_000, expectedLossPercent: 20 });
  expect(guarded).not.toEqual(plain);
  expect(total(guarded)).toBeLessThan(1.5 * total(plain));
});

test("samples that do not make 20 ms are refused", async () => {
  await using encoder = await OpusEncoder.create({ channels: 2 });
  await expect(encoder.encode(new Int16Array(960))).rejects.toMatchObject({
    code: "invalid_argument",
    message: "An Opus packet takes 960 samples for each of 2 channels, not 960 in all.",
  });
});

test("closing during a call waits for it, and nothing comes out afterwards", async () => {
  const encoder = await OpusEncoder.create();
  const decoder = await OpusDecoder.create({ channels: 1 });
  const pending = encoder.encode(hum(0));
  await Promise.all([encoder.close(), encoder.close(), decoder.close(), decoder.close()]);
  expect(await pending).toBeUndefined();
  expect(await encoder.encode(hum(1))).toBeUndefined();
  expect(decoder.decode(Uint8Array.of(8, 1, 2, 3))).toEqual(new Int16Array(OPUS_PACKET_SAMPLES));
});
