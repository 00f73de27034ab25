import { afterEach, expect, test } from "vitest";
import { OpusDecoder } from "../../../src/codecs/opus-decoder.ts";
import { OpusEncoder } from "../../../src/codecs/opus-encoder.ts";
import { type AudioFrame, Stream, StreamHandler } from "../../../src/index.ts";
import { parseRtpPacket, type RtpPacket, serializeRtpPacket } from "../../../src/rtp/packet.ts";
import { timestampDistance } from "../../../src/rtp/sequence.ts";
import { NATIVE_CLIENT_SSRC, NativeClient } from "../../support/native-client.ts";
import { loudest, sine } from "../../support/tones.ts";

const PAYLOAD_TYPE = 111;
const AMPLITUDE = 0.4;
/** What only keeps a connection alive. */
const SILENT_BYTES = 3;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** A client over a real connection that keeps every packet of sound; resolves the wait once `count` have come. */
async function call(stream: Stream, count: number) {
  const client = new NativeClient({ media: "audio" });
  cleanups.push(() => client.close());
  const packets: RtpPacket[] = [];
  const complete = client.receivesSome((bytes) => {
    const packet = parseRtpPacket(bytes);
    if (packet?.payloadType === PAYLOAD_TYPE && packet.payload.length > SILENT_BYTES) packets.push(packet);
    return packets.length >= count;
  });
  await client.connect(stream);
  return { client, packets, complete };
}

/** How far the sound of each packet begins behind that of the one before, in milliseconds. */
const steps = (packets: readonly RtpPacket[]): number[] =>
  packets.slice(1).map(({ timestamp }, index) => timestampDistance(timestamp, packets[index]?.timestamp ?? 0) / 48);

/** How loud each third of a second of it is at its loudest frequency, and which that is. */
async function tones(packets: readonly RtpPacket[]) {
  await using decoder = await OpusDecoder.create({ channels: 1 });
  const samples = packets.flatMap(({ payload }) => [...decoder.decode(payload)]).map((sample) => sample / 32_768);
  const peaks = [];
  // The encoder takes a moment to find its way.
  for (let from = 9600; from + 16_384 <= samples.length; from += 16_384) peaks.push(loudest(samples.slice(from)));
  return peaks;
}

/** The process does nothing else for so long. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Two seconds of a tone, as fast as they are taken. */
async function* generate() {
  for (let begin = 0; begin < 48_000; begin += 2400) {
    const { sampleRate, samples } = sine(440, { sampleRate: 24_000, length: 2400, begin, amplitude: AMPLITUDE });
    yield [sampleRate, samples] as const;
  }
}

test.each([
  { name: "goes through", stillMs: 0, longSteps: 0 },
  { name: "stands still for 1.2 s", stillMs: 1200, longSteps: 1 },
])("a generator's sound reaches the peer whole when the process $name", async ({ stillMs, longSteps }) => {
  const { client, packets } = await call(
    new Stream({ handler: generate, modality: "audio", mode: "receive" }),
    Infinity,
  );
  while (packets.length < 10) await new Promise((resolve) => setImmediate(resolve));
  standStill(stillMs);
  while (!client.messages.some((message) => message.includes("end_stream"))) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(packets).toHaveLength(100);
  const first = packets[0]?.sequenceNumber ?? 0;
  expect(packets.map(({ sequenceNumber }) => (sequenceNumber - first) & 0xffff)).toEqual(packets.map((_, at) => at));
  const behind = steps(packets).filter((ms) => Math.abs(ms - 20) > 0.001);
  // A machine that is busy may make it stand still by itself.
  expect(behind.length).toBeGreaterThanOrEqual(longSteps);
  for (const ms of behind) expect(ms).toBeGreaterThan(400);
  for (const { frequency, amplitude } of await tones(packets)) {
    expect(Math.abs(frequency - 440)).toBeLessThan(5);
    expect(Math.abs(20 * Math.log10(amplitude / AMPLITUDE))).toBeLessThan(1);
  }
});

/** Says what it heard, at 24 kHz. */
class Echo extends StreamHandler {
  readonly #sound: AudioFrame[] = [];
  constructor() {
    super({ inputSampleRate: 24_000, outputSampleRate: 24_000 });
  }
  copy(): Echo {
    return new Echo();
  }
  receive(frame: AudioFrame): void {
    this.#sound.push(frame);
  }
  emit(): AudioFrame | null {
    return this.#sound.shift() ?? null;
  }
}

test("an echo at 24 kHz is as loud as it went, to the packet", async () => {
  const { client, packets, complete } = await call(new Stream({ handler: new Echo(), modality: "audio" }), 100);
  await using encoder = await OpusEncoder.create();
  const startMs = performance.now();
  // One more: to change the rate some samples are held back until others follow.
  for (let index = 0; index < 101; index += 1) {
    const { samples } = sine(1000, { length: 960, begin: index * 960, amplitude: AMPLITUDE });
    const payload = await encoder.encode(samples as Int16Array);
    if (!payload) throw new Error("the encoder was closed");
    const header = { payloadType: PAYLOAD_TYPE, ssrc: NATIVE_CLIENT_SSRC, marker: index === 0 };
    client.send(serializeRtpPacket({ ...header, sequenceNumber: index, timestamp: index * 960, payload }));
    while (performance.now() < startMs + index * 20) await new Promise((resolve) => setImmediate(resolve));
  }
  await complete;
  const heard = await tones(packets.slice(5));
  expect(heard.length).toBeGreaterThan(3);
  for (const { frequency, amplitude } of heard) {
    expect(Math.abs(frequency - 1000)).toBeLessThan(5);
    expect(Math.abs(20 * Math.log10(amplitude / AMPLITUDE))).toBeLessThan(1);
  }
});
