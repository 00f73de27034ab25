import { afterEach, expect, test } from "vitest";
import { OpusDecoder } from "../../../src/codecs/opus-decoder.ts";
import { Stream } from "../../../src/index.ts";
import { parseRtpPacket, type RtpPacket } from "../../../src/rtp/packet.ts";
import { timestampDistance } from "../../../src/rtp/sequence.ts";
import { NativeClient } from "../../support/native-client.ts";
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
  const stream = new Stream({ handler: generate, modality: "audio", mode: "receive" });
  const { client, packets, complete } = await call(stream, 100);
  while (packets.length < 10) await new Promise((resolve) => setImmediate(resolve));
  standStill(stillMs);
  while (!client.messages.some((message) => message.includes("end_stream"))) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.race([complete, client.left]); // The end of the sound may leave after the message, and before the connection ends.
  expect(packets).toHaveLength(100);
  const first = packets[0]?.sequenceNumber ?? 0;
  expect(packets.map(({ sequenceNumber }) => (sequenceNumber - first) & 0xffff)).toEqual(packets.map((_, at) => at));
  const behind = steps(packets).filter((ms) => Math.abs(ms - 20) > 0.001);
  // On a machine that is busy the process, or the generator, may be late by itself: then sound is later, and never laid over itself.
  expect(behind.filter((ms) => ms > 400).length).toBeGreaterThanOrEqual(longSteps);
  for (const ms of behind) expect(ms).toBeGreaterThan(20);
  for (const { frequency, amplitude } of await tones(packets)) {
    expect(Math.abs(frequency - 440)).toBeLessThan(5);
    expect(Math.abs(20 * Math.log10(amplitude / AMPLITUDE))).toBeLessThan(1);
  }
});
