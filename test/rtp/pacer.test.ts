import { describe, expect, it } from "vitest";
import { type LeavingPacket, Pacer, type PacketKind } from "../../src/rtp/pacer.ts";

const packets = (count: number, byteLength = 1000): Uint8Array[] =>
  Array.from({ length: count }, () => new Uint8Array(byteLength));

const pacer = (bitrateBps: number): Pacer =>
  new Pacer({ bitrateBps, makePadding: (byteLength) => new Uint8Array(Math.min(255, byteLength)) });

/** Takes what is due until nothing waits: when each packet left, and of which kind. */
function drain(paced: Pacer, first: readonly LeavingPacket[], nowMs = 0): { atMs: number; kind: PacketKind }[] {
  const left = first.map(({ kind }) => ({ atMs: nowMs, kind }));
  for (let nextMs = paced.nextTimerMs; nextMs !== undefined; nextMs = paced.nextTimerMs) {
    const atMs = Math.max(nextMs, nowMs);
    for (const { kind } of paced.take(atMs)) left.push({ atMs, kind });
    if (left.length > 10_000) throw new Error("the pacer never stops");
  }
  return left;
}

describe("Pacer", () => {
  it("holds nothing back on a fast path: ten packets leave at once at 10 Mbit/s", () => {
    const paced = pacer(10_000_000);
    expect(paced.push(packets(10), "video", 0)).toHaveLength(10);
    expect(paced.nextTimerMs).toBeUndefined();
  });

  it("spreads a picture at two and a half times the bitrate, in bursts of 5 ms", () => {
    const paced = pacer(1_000_000);
    const left = drain(paced, paced.push(packets(20), "video", 0));
    // 160,000 bits at 2.5 Mbit/s.
    expect(left).toHaveLength(20);
    expect(left.at(-1)?.atMs).toBeGreaterThan(55);
    expect(left.at(-1)?.atMs).toBeLessThan(64);
  });

  it("sends no more than a fifth above the bitrate over a longer time", () => {
    const paced = pacer(1_000_000);
    let bytes = 0;
    for (let nowMs = 0; nowMs < 3000; nowMs += 1) {
      if (paced.queuedPacketCount < 20)
        for (const each of paced.push(packets(1), "video", nowMs)) bytes += each.bytes.length;
      if ((paced.nextTimerMs ?? Infinity) <= nowMs) for (const each of paced.take(nowMs)) bytes += each.bytes.length;
    }
    expect((bytes * 8) / 3).toBeLessThan(1_400_000);
    expect((bytes * 8) / 3).toBeGreaterThan(1_100_000);
  });

  it("lets sound out at once, and retransmissions before pictures", () => {
    const paced = pacer(200_000);
    const first = paced.push(packets(3), "video", 0);
    expect(first).toHaveLength(1);
    expect(paced.push(packets(1), "audio", 1)).toHaveLength(1);
    const resent = paced.push(packets(1), "retransmission", 1);
    expect(drain(paced, resent, 1).map(({ kind }) => kind)).toEqual(["retransmission", "video", "video"]);
  });

  it("says how long a picture would wait", () => {
    const paced = pacer(1_000_000);
    expect(paced.queueMs(0)).toBe(0);
    paced.push(packets(50), "video", 0);
    expect(paced.queueMs(0)).toBeGreaterThan(100);
    drain(paced, []);
    expect(paced.queueMs(1000)).toBe(0);
  });

  it("throws away what would take too long, once", () => {
    const paced = pacer(2_000_000);
    paced.push(packets(100), "video", 0);
    expect(paced.flush(0)).toBe(false);
    paced.setBitrate(100_000);
    expect(paced.flush(0)).toBe(true);
    expect([paced.queuedPacketCount, paced.nextTimerMs]).toEqual([0, undefined]);
    expect(paced.droppedCount).toBeGreaterThan(50);
    paced.push(packets(100), "video", 10);
    expect(paced.flush(10)).toBe(false);
  });

  it("drops the oldest pictures when too many wait", () => {
    const paced = pacer(100_000);
    paced.push(packets(3000, 100), "video", 0);
    expect(paced.queuedPacketCount).toBeLessThanOrEqual(2048);
    expect(paced.droppedCount).toBeGreaterThan(900);
  });

  it("probes with what waits, then with padding, at the rate that is asked for", () => {
    const paced = pacer(1_000_000);
    paced.push(packets(3), "video", 0);
    paced.startProbe({ id: 4, bps: 3_000_000, minPackets: 5, minBytes: 5625 }, 0);
    const sent: { readonly atMs: number; readonly bytes: number; readonly kind: PacketKind }[] = [];
    for (let atMs = 0; paced.isProbing; atMs = paced.nextTimerMs ?? atMs) {
      for (const { kind, bytes, probe } of paced.take(atMs)) {
        expect(probe).toBe(4);
        sent.push({ atMs, bytes: bytes.length, kind });
      }
    }
    const bytes = sent.reduce((sum, each) => sum + each.bytes, 0);
    expect(bytes).toBeGreaterThanOrEqual(5625);
    expect(sent[0]?.kind).toBe("video");
    expect(sent.at(-1)?.kind).toBe("padding");
    const spanMs = sent.at(-1)?.atMs ?? 0;
    expect(((bytes - (sent.at(-1)?.bytes ?? 0)) * 8000) / spanMs / 3_000_000).toBeCloseTo(1, 0);
  });

  it("gives up a probe when there is nothing to send", () => {
    const paced = new Pacer({ bitrateBps: 1_000_000, makePadding: () => undefined });
    paced.startProbe({ id: 1, bps: 3_000_000, minPackets: 5, minBytes: 5625 }, 0);
    expect(paced.take(0)).toEqual([]);
    expect([paced.isProbing, paced.nextTimerMs]).toEqual([false, undefined]);
  });
});
