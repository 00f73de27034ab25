import { describe, expect, test } from "vitest";
import { AudioFrame } from "../../src/media/audio-frame.ts";
import { AudioOutlet } from "../../src/session/audio-outlet.ts";
import type { AudioFormat } from "../../src/session/transport.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { advanceBy, turn } from "../support/turn.ts";

const HOUR_MS = 3_600_000;
const FORMAT: AudioFormat = { sampleRate: 48_000, channels: 1, packetMs: 20, leadMs: 0 };

interface Sent {
  /** When the packet left. */
  readonly atMs: number;
  /** When it plays. */
  readonly dueMs: number;
  readonly samples: Int16Array;
}

function setUp(format: Partial<AudioFormat> = {}) {
  const clock = new ManualClock();
  const sent: Sent[] = [];
  const outlet = new AudioOutlet({
    format: { ...FORMAT, ...format },
    clock,
    send: ({ timestampUs = Number.NaN, samples }) =>
      sent.push({ atMs: clock.nowMs(), dueMs: timestampUs / 1000, samples: samples as Int16Array }),
  });
  return { clock, sent, outlet };
}

/** Samples that count up from `first`, so that each is known again. */
function counting(ms: number, { first = 0, sampleRate = 48_000 } = {}): AudioFrame {
  const samples = Int16Array.from({ length: (ms * sampleRate) / 1000 }, (_, index) => (first + index) % 30_000);
  return new AudioFrame({ samples, sampleRate });
}

const joined = (sent: readonly Sent[]): number[] => sent.flatMap(({ samples }) => [...samples]);

describe("the outlet of sound", () => {
  test("cuts pieces of any length into packets, each sent when it is due, without losing a sample", async () => {
    const { clock, sent, outlet } = setUp();
    const whole = counting(100);
    void outlet.write(new AudioFrame({ samples: whole.samples.subarray(0, 1001), sampleRate: 48_000 }));
    void outlet.write(new AudioFrame({ samples: whole.samples.subarray(1001, 1004), sampleRate: 48_000 }));
    void outlet.write(new AudioFrame({ samples: whole.samples.subarray(1004), sampleRate: 48_000 }));
    await advanceBy(clock, 200, 1);
    expect(sent.map(({ atMs, dueMs }) => [atMs, dueMs])).toEqual([0, 20, 40, 60, 80].map((ms) => [ms, ms]));
    expect(joined(sent)).toEqual([...whole.samples]);
  });

  test("sends no packet earlier than its lead, and none late", async () => {
    const { clock, sent, outlet } = setUp({ leadMs: 60 });
    void outlet.write(counting(900));
    await advanceBy(clock, 1000, 1);
    expect(sent).toHaveLength(45);
    expect(sent.map(({ atMs, dueMs }) => dueMs - atMs)).toEqual([0, 20, 40, ...Array.from({ length: 42 }, () => 60)]);
  });

  test("lets the writer go on once less than a second waits", async () => {
    const { clock, outlet } = setUp();
    const log: string[] = [];
    void Promise.resolve(outlet.write(counting(1010))).then(() => log.push("one packet left"));
    await turn();
    expect(log).toEqual(["one packet left"]);
    void Promise.resolve(outlet.write(counting(500))).then(() => log.push("half a second left"));
    await advanceBy(clock, 480, 20);
    expect(log).toEqual(["one packet left"]);
    await advanceBy(clock, 20);
    expect(log).toEqual(["one packet left", "half a second left"]);
  });

  test("drops on clear what waits, and frees the writer", async () => {
    const { clock, sent, outlet } = setUp();
    let written = false;
    void Promise.resolve(outlet.write(counting(60_000))).then(() => (written = true));
    await advanceBy(clock, 50, 10);
    expect([sent.length, written, outlet.waitingMs]).toEqual([3, false, 59_940]);
    outlet.clear();
    await turn();
    expect([written, outlet.waitingMs]).toEqual([true, 0]);
    await advanceBy(clock, 1000, 20);
    expect(sent).toHaveLength(3);
    void outlet.write(counting(20, { first: 7 }));
    expect(sent.at(-1)).toMatchObject({ atMs: 1050, dueMs: 1050 });
    expect(sent.at(-1)?.samples[0]).toBe(7);
  });

  test("frees the writer and whoever waits for the end when it ends, and leaves no timer", async () => {
    const { clock, sent, outlet } = setUp();
    const freed: string[] = [];
    void Promise.resolve(outlet.write(counting(5000))).then(() => freed.push("writer"));
    void outlet.finish().then(() => freed.push("finish"));
    await advanceBy(clock, 30, 10);
    outlet.end();
    outlet.end();
    await turn();
    expect(freed).toEqual(["writer", "finish"]);
    await outlet.write(counting(5000));
    expect([sent.length, clock.pendingTimers, outlet.waitingMs]).toEqual([2, 0, 0]);
  });

  test("finishes when the last packet, filled up with silence, is due to have been played", async () => {
    const { clock, sent, outlet } = setUp({ leadMs: 40 });
    let finishedAtMs: number | undefined;
    void outlet.write(counting(50, { first: 1 }));
    void outlet.finish().then(() => (finishedAtMs = clock.nowMs()));
    await advanceBy(clock, 100, 5);
    expect(sent.map(({ atMs, dueMs }) => [atMs, dueMs])).toEqual([
      [0, 0],
      [0, 20],
      [0, 40],
    ]);
    expect(joined(sent)).toEqual([...counting(50, { first: 1 }).samples, ...new Int16Array(480)]);
    expect(finishedAtMs).toBe(60);
    expect(clock.pendingTimers).toBe(0);
  });

  test("finishes at once when there is nothing to play, also after a clear", async () => {
    const { outlet, clock } = setUp();
    await outlet.finish();
    void outlet.write(counting(500));
    const finished = outlet.finish();
    outlet.clear();
    await advanceBy(clock, 20);
    await finished;
    expect(clock.nowMs()).toBe(20);
  });

  test("begins sound anew after a gap, and does not hurry to make up for it", async () => {
    const { clock, sent, outlet } = setUp();
    void outlet.write(counting(40));
    await advanceBy(clock, 500, 20);
    void outlet.write(counting(40));
    await advanceBy(clock, 100, 20);
    expect(sent.map(({ atMs, dueMs }) => [atMs, dueMs])).toEqual([
      [0, 0],
      [20, 20],
      [500, 500],
      [520, 520],
    ]);
  });

  test("keeps the times of sound that comes late by less than the lead, and sends it at once", async () => {
    const { clock, sent, outlet } = setUp({ leadMs: 60 });
    for (const lateMs of [0, 15, 55, 5, 0]) {
      await advanceBy(clock, lateMs);
      void outlet.write(counting(20));
      await advanceBy(clock, Math.max(0, 20 * sent.length - clock.nowMs()));
    }
    expect(sent.map(({ dueMs }) => dueMs)).toEqual([0, 20, 40, 60, 80]);
    expect(sent.map(({ atMs, dueMs }) => atMs - dueMs)).toEqual([0, 15, 55, 40, 20]);
  });

  test("sends an incomplete packet with silence once the gap is longer than a packet, not with the next sound", async () => {
    const { clock, sent, outlet } = setUp();
    void outlet.write(counting(25, { first: 1 }));
    await advanceBy(clock, 39, 1);
    expect(sent).toHaveLength(1);
    await advanceBy(clock, 1);
    expect(sent[1]).toMatchObject({ atMs: 40, dueMs: 20 });
    expect(joined(sent)).toEqual([...counting(25, { first: 1 }).samples, ...new Int16Array(720)]);
    expect(clock.pendingTimers).toBe(0);
  });

  test("plays what the resampler holds back before the gap, and nothing of it after a clear", async () => {
    const { clock, sent, outlet } = setUp();
    const loud = new AudioFrame({ samples: new Int16Array(320).fill(10_000), sampleRate: 16_000 });
    void outlet.write(loud);
    await advanceBy(clock, 100, 1);
    expect(sent).toHaveLength(1);
    const played = joined(sent);
    expect(played).toHaveLength(960);
    expect(Math.min(...played.slice(100, 860))).toBeGreaterThan(9900);
    void outlet.write(loud);
    outlet.clear();
    void outlet.write(new AudioFrame({ samples: new Int16Array(960), sampleRate: 48_000 }));
    await advanceBy(clock, 100, 1);
    expect(joined(sent.slice(1))).toEqual([...new Int16Array(960)]);
  });

  test("goes from one rate to another without a lost or added sample", async () => {
    const { clock, sent, outlet } = setUp();
    for (const sampleRate of [16_000, 24_000, 48_000, 44_100]) {
      void outlet.write(new AudioFrame({ samples: new Int16Array(sampleRate / 10).fill(1000), sampleRate }));
    }
    void outlet.finish();
    await advanceBy(clock, 500, 10);
    expect(sent).toHaveLength(20);
  });

  test("copies sound that its maker writes over", async () => {
    const { clock, sent, outlet } = setUp();
    const samples = new Int16Array(1920).fill(1);
    void outlet.write(new AudioFrame({ samples, sampleRate: 48_000 }));
    samples.fill(2);
    await advanceBy(clock, 20);
    expect(new Set(joined(sent))).toEqual(new Set([1]));
  });

  test("gives stereo to a transport of two channels, each packet of both", async () => {
    const { clock, sent, outlet } = setUp({ channels: 2 });
    void outlet.write(counting(40, { first: 1 }));
    await advanceBy(clock, 40, 20);
    expect(sent.map(({ samples }) => samples.length)).toEqual([1920, 1920]);
    expect([...(sent[0]?.samples.subarray(0, 4) ?? [])]).toEqual([1, 1, 2, 2]);
    expect(outlet.waitingMs).toBe(0);
  });

  test("stays on time when the event loop does not: late packets leave together, the next one on time", async () => {
    const { clock, sent, outlet } = setUp();
    void outlet.write(counting(900));
    await advanceBy(clock, 100, 20);
    const stalledAt = sent.length;
    clock.stall(300);
    await advanceBy(clock, 20);
    expect(sent.slice(stalledAt).map(({ dueMs }) => dueMs)).toEqual(
      Array.from({ length: 16 }, (_, index) => 120 + 20 * index),
    );
  });

  test("goes on later, and whole, when the event loop stood still for longer than a far end keeps room for", async () => {
    const { clock, sent, outlet } = setUp({ leadMs: 20 });
    const whole = counting(600);
    void outlet.write(whole);
    await advanceBy(clock, 100, 20);
    const stalledAt = sent.length;
    clock.stall(1200);
    await advanceBy(clock, 1000, 20);
    expect(sent.slice(stalledAt).map(({ dueMs }) => dueMs)).toEqual(
      Array.from({ length: 30 - stalledAt }, (_, index) => 1300 + 20 * index),
    );
    expect(sent[stalledAt + 2]?.atMs).toBe(1320);
    expect(joined(sent)).toEqual([...whole.samples]);
  });

  test("keeps the end of resampled sound in its place, though it waited to be completed", async () => {
    const { clock, sent, outlet } = setUp({ leadMs: 20 });
    void outlet.write(counting(30, { sampleRate: 24_000 }));
    await advanceBy(clock, 200, 1);
    expect(sent.map(({ dueMs }) => dueMs)).toEqual([0, 20]);
  });
});

describe("an hour of sound", { timeout: 180_000 }, () => {
  test.each([
    { from: 3000, to: 2000, leadMs: 200 },
    { from: 11_025, to: 11_025, leadMs: 60 },
    { from: 16_000, to: 16_000, leadMs: 0 },
  ])(
    "from a handler faster than real time, $from to $to Hz: no drift, no growing queue",
    async ({ from, to, leadMs }) => {
      const clock = new ManualClock();
      let count = 0;
      let maxLeadMs = 0;
      let sampleCount = 0;
      const outlet = new AudioOutlet({
        format: { ...FORMAT, sampleRate: to, leadMs },
        clock,
        send: ({ timestampUs = Number.NaN, length }) => {
          maxLeadMs = Math.max(maxLeadMs, timestampUs / 1000 - clock.nowMs());
          count += 1;
          sampleCount += length;
        },
      });
      const writer = new AbortController();
      const second = new AudioFrame({ samples: new Int16Array(from), sampleRate: from });
      const writing = (async () => {
        while (!writer.signal.aborted) await outlet.write(second);
      })();
      let maxWaitingMs = 0;
      for (let passedMs = 0; passedMs < HOUR_MS; passedMs += 500) {
        await advanceBy(clock, 500);
        maxWaitingMs = Math.max(maxWaitingMs, outlet.waitingMs);
      }
      writer.abort();
      outlet.end();
      await writing;
      // Packets are due from 0 to an hour and the lead, both included.
      const packetMs = (Math.round(to / 50) * 1000) / to;
      expect(count).toBe(Math.floor((HOUR_MS + leadMs) / packetMs) + 1);
      expect(Math.abs((sampleCount * 1000) / to - HOUR_MS - leadMs)).toBeLessThanOrEqual(20);
      // Timestamps are whole microseconds.
      expect(maxLeadMs).toBeLessThanOrEqual(leadMs + 0.001);
      expect(maxWaitingMs).toBeLessThanOrEqual(2000);
    },
  );

  test("from a peer, piece by piece with 15 ms of jitter: nothing is lost, the delay stays below the jitter and a packet", async () => {
    const clock = new ManualClock();
    let count = 0;
    const outlet = new AudioOutlet({ format: { ...FORMAT, leadMs: 40 }, clock, send: () => (count += 1) });
    const piece = counting(20);
    let maxWaitingMs = 0;
    for (let index = 0; index < HOUR_MS / 20; index += 1) {
      clock.advance(Math.max(0, index * 20 + ((index * 7) % 16) - clock.nowMs()));
      void outlet.write(piece);
      maxWaitingMs = Math.max(maxWaitingMs, outlet.waitingMs);
    }
    await advanceBy(clock, 100, 20);
    expect(count).toBe(HOUR_MS / 20);
    expect(maxWaitingMs).toBeLessThanOrEqual(20);
  });
});
