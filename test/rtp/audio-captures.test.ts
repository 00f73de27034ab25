import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { OpusDecoder } from "../../src/codecs/opus-decoder.ts";
import { AudioReceiveStream } from "../../src/rtp/audio-receive-stream.ts";
import type { ReceivedAudio } from "../../src/rtp/sound-line.ts";
import { demultiplex } from "../../src/rtp/demultiplex.ts";
import { parseRtpPacket, type RtpPacket } from "../../src/rtp/packet.ts";
import { ReceptionStats } from "../../src/rtp/reception-stats.ts";
import { fromHex } from "./support/hex.ts";
import { SeededRandom } from "./support/seeded-random.ts";

interface CaptureHeader {
  readonly streams: readonly { readonly kind: string; readonly ssrc: number }[];
}

/** The packets of the sound in a capture, with the times of their arrival. */
function soundOf(name: string): { ssrc: number; packets: { packet: RtpPacket; atMs: number }[] } {
  const file = new URL(`../captures/${name}.jsonl`, import.meta.url);
  const [first = "", ...lines] = readFileSync(file, "utf8").trimEnd().split("\n");
  const { streams } = JSON.parse(first) as CaptureHeader;
  const ssrc = streams.find(({ kind }) => kind === "audio")?.ssrc ?? 0;
  const packets = lines.flatMap((line) => {
    const { t, hex } = JSON.parse(line) as { t: number; hex: string };
    const bytes = fromHex(hex);
    const packet = demultiplex(bytes) === "rtp" ? parseRtpPacket(bytes) : undefined;
    return packet?.ssrc === ssrc ? [{ packet, atMs: t }] : [];
  });
  return { ssrc, packets };
}

describe.each(["chromium-vp8", "firefox-vp8", "aiortc-vp8"])("the sound of %s", (name) => {
  it("comes through packet by packet, in 20 ms each, and decodes", async () => {
    const { ssrc, packets } = soundOf(name);
    const stream = new AudioReceiveStream({ ssrc, localSsrc: 1 });
    const received = packets.flatMap(({ packet, atMs }) => stream.handlePacket(packet, atMs));
    expect(received.length).toBeGreaterThan(40);
    expect(received.filter(({ type }) => type !== "packet")).toEqual([]);
    const steps = received.slice(1).map(({ timestampUs }, index) => timestampUs - (received[index]?.timestampUs ?? 0));
    expect(new Set(steps)).toEqual(new Set([20_000]));
    await using decoder = await OpusDecoder.create({ channels: 1 });
    for (const audio of received) {
      if (audio.type === "packet") expect(decoder.decode(audio.payload)).toHaveLength(960);
    }
  });

  it("is reported with the jitter of RFC 3550, appendix A.8, and the highest number of appendix A.1", () => {
    const { ssrc, packets } = soundOf(name);
    const stats = new ReceptionStats({ clockRate: 48_000 });
    // As the appendix has it: in integers, sixteen times the jitter.
    let jitter16 = 0;
    let transit: number | undefined;
    for (const { packet, atMs } of packets) {
      stats.handlePacket(packet, atMs);
      const now = (Math.round(atMs * 48) - packet.timestamp) | 0;
      if (transit !== undefined) jitter16 += Math.abs((now - transit) | 0) - ((jitter16 + 8) >> 4);
      transit = now;
    }
    const last = packets.at(-1)?.packet.sequenceNumber ?? 0;
    const wrapped = last < (packets[0]?.packet.sequenceNumber ?? 0);
    const block = stats.takeReportBlock(ssrc, 0);
    expect(block).toMatchObject({ fractionLost: 0, cumulativeLost: 0 });
    expect(block.extendedHighestSequence).toBe(last + (wrapped ? 0x1_0000 : 0));
    expect(Math.abs(block.jitter - (jitter16 >> 4))).toBeLessThanOrEqual(2);
    expect(block.jitter).toBeGreaterThan(0);
  });

  it("has what is missing from it made up for", () => {
    const { ssrc, packets } = soundOf(name);
    const stream = new AudioReceiveStream({ ssrc, localSsrc: 1 });
    const random = new SeededRandom(1);
    const received: ReceivedAudio[] = [];
    packets.forEach(({ packet, atMs }, index) => {
      while ((stream.nextTimerMs ?? Infinity) <= atMs)
        received.push(...stream.handleTimer(stream.nextTimerMs ?? 0).audio);
      const edge = index === 0 || index === packets.length - 1;
      if (edge || !random.chance(0.1)) received.push(...stream.handlePacket(packet, atMs));
    });
    received.push(...stream.handleTimer((packets.at(-1)?.atMs ?? 0) + 100).audio);
    expect(received).toHaveLength(packets.length);
    expect(received.filter(({ type }) => type === "lost").length).toBeGreaterThan(2);
  });
});

describe("packets that make no sense", () => {
  it("neither throw nor make more than a second of sound each", () => {
    const random = new SeededRandom(7);
    const stream = new AudioReceiveStream({ ssrc: 1, localSsrc: 2 });
    let nowMs = 0;
    for (let index = 0; index < 20_000; index += 1) {
      nowMs += random.integer(0, 30);
      const { audio } = stream.handleTimer(nowMs);
      const bytes = random.bytes(12 + random.integer(0, 40));
      bytes[0] = 0x80;
      // Mostly near each other, so that not all of them are thrown away as strangers.
      if (random.chance(0.9)) bytes.set([index >> 8, random.chance(0.5) ? index : index + 3], 2);
      const packet = parseRtpPacket(bytes);
      const made = [...audio, ...(packet ? stream.handlePacket(packet, nowMs) : [])];
      const count = (wanted: ReceivedAudio["type"]): number => made.filter(({ type }) => type === wanted).length;
      expect(count("silence")).toBeLessThanOrEqual(50 * count("packet") + 6);
    }
  });
});
