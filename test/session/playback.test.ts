import { describe, expect, test } from "vitest";
import { AudioFrame } from "../../src/media/audio-frame.ts";
import { Playback, type PlayingTransport } from "../../src/session/playback.ts";
import type { AudioFormat } from "../../src/session/transport.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { advanceBy } from "../support/turn.ts";

const RATE = 8000;
const PER_MS = RATE / 1000;

/** A far end that plays what it is sent in a row, and forgets what it has not played when it is told to. */
class FarEnd implements PlayingTransport {
  readonly recallsAudio: boolean;
  readonly #clock: ManualClock;
  #queue: number[] = [];
  #beganMs = 0;
  readonly #played: number[] = [];
  clearCount = 0;

  constructor(clock: ManualClock, recallsAudio: boolean) {
    this.#clock = clock;
    this.recallsAudio = recallsAudio;
  }

  receive(samples: Int16Array): void {
    this.#play();
    if (this.#queue.length === 0) this.#beganMs = this.#clock.nowMs();
    this.#queue.push(...samples);
  }

  clearAudio(): void {
    this.clearCount += 1;
    this.#play();
    if (this.recallsAudio) this.#queue = [];
  }

  /** The samples that were heard, without silence. */
  get heard(): readonly number[] {
    this.#play();
    return this.#played.filter((sample) => sample !== 0);
  }

  #play(): void {
    const nowMs = this.#clock.nowMs();
    const count = Math.floor((nowMs - this.#beganMs) * PER_MS);
    this.#played.push(...this.#queue.splice(0, count));
    this.#beganMs = nowMs;
  }
}

function setUp({ recallsAudio = true, ...format }: Partial<AudioFormat> & { recallsAudio?: boolean } = {}) {
  const clock = new ManualClock();
  const farEnd = new FarEnd(clock, recallsAudio);
  const playback = new Playback(clock, () => farEnd);
  playback.open({
    format: { sampleRate: RATE, channels: 1, packetMs: 20, leadMs: 200, ...format },
    send: ({ samples }) => farEnd.receive(samples as Int16Array),
  });
  return { clock, farEnd, playback, pass: (ms: number) => advanceBy(clock, ms, Math.min(ms, 10)) };
}

/** Samples that count up from 1, so that each is known again. */
const counting = (ms: number, from = 1): AudioFrame =>
  new AudioFrame({ samples: Int16Array.from({ length: ms * PER_MS }, (_, index) => from + index), sampleRate: RATE });

const numbers = (count: number, from = 1): number[] => Array.from({ length: count }, (_, index) => from + index);

describe("playback", () => {
  test("falls silent at once where what was sent can be recalled, and loses nothing when it goes on", async () => {
    const { farEnd, playback, pass } = setUp();
    void playback.write(counting(1000));
    await pass(310);
    playback.hold();
    expect(farEnd.heard).toHaveLength(310 * PER_MS);
    await pass(500);
    expect(farEnd.heard).toHaveLength(310 * PER_MS);
    playback.resume();
    await pass(2000);
    // Sent anew from the packet that was being heard: 10 ms of it are heard twice, and nothing is missing.
    expect(farEnd.heard).toEqual([...numbers(310 * PER_MS), ...numbers(700 * PER_MS, 300 * PER_MS + 1)]);
  });

  test("where nothing can be recalled, what was sent is heard once and the rest after it", async () => {
    const { farEnd, playback, pass } = setUp({ recallsAudio: false, leadMs: 20 });
    void playback.write(counting(400));
    await pass(100);
    playback.hold();
    await pass(500);
    const heard = farEnd.heard.length;
    expect(heard).toBe(120 * PER_MS + 20 * PER_MS);
    playback.resume();
    await pass(1000);
    expect(farEnd.heard).toEqual(numbers(400 * PER_MS));
  });

  test("dropping leaves nothing to be heard, and what is written afterwards is heard at once", async () => {
    const { farEnd, playback, pass } = setUp();
    void playback.write(counting(1000));
    await pass(310);
    playback.hold();
    await pass(90);
    playback.drop();
    void playback.write(counting(40, 20_000));
    await pass(100);
    expect(farEnd.heard).toEqual([...numbers(310 * PER_MS), ...numbers(40 * PER_MS, 20_000)]);
    expect({ held: playback.held, waitingMs: playback.waitingMs }).toEqual({ held: false, waitingMs: 0 });
  });

  test("a frame that is on its way while its reply is dropped is not heard", async () => {
    const { farEnd, playback, pass } = setUp();
    const upcoming = counting(100);
    playback.drop(upcoming);
    void playback.write(upcoming);
    void playback.write(counting(20, 9000));
    await pass(300);
    expect(farEnd.heard).toEqual(numbers(20 * PER_MS, 9000));
  });

  test("what is written while it is held waits, and its writer is told to wait", async () => {
    const { farEnd, playback, pass } = setUp();
    playback.hold();
    let room = false;
    void playback.write(counting(1500))?.then(() => (room = true));
    await pass(3000);
    expect({ room, heard: farEnd.heard.length }).toEqual({ room: false, heard: 0 });
    playback.drop();
    await pass(10);
    expect(room).toBe(true);
  });

  test("tells how much was written, heard and not heard, by the clock and by the delay of the far end", async () => {
    const { playback, pass } = setUp({ leadMs: 20, recallsAudio: false, heardDelayMs: 60 });
    void playback.write(counting(200));
    await pass(100);
    const position = () => ({
      writtenMs: playback.writtenMs,
      heardMs: playback.heardMs,
      unheardMs: playback.unheardMs,
    });
    expect(position()).toEqual({ writtenMs: 200, heardMs: 40, unheardMs: 160 });
    await pass(1000);
    expect(position()).toEqual({ writtenMs: 200, heardMs: 200, unheardMs: 0 });
  });

  test("positions go on after sound was dropped: what was heard stays heard", async () => {
    const { playback, pass } = setUp();
    void playback.write(counting(1000));
    await pass(300);
    playback.drop();
    expect([playback.writtenMs, playback.heardMs, playback.unheardMs]).toEqual([300, 300, 0]);
    void playback.write(counting(100));
    await pass(50);
    expect([playback.writtenMs, playback.heardMs, playback.unheardMs]).toEqual([400, 350, 50]);
  });

  test("the far end's own word on what it has played counts more than the clock", async () => {
    const clock = new ManualClock();
    const transport = { recallsAudio: true, unheardMs: 150, clearAudio: () => undefined };
    const playback = new Playback(clock, () => transport);
    playback.open({
      format: { sampleRate: RATE, channels: 1, packetMs: 20, leadMs: 200 },
      send: () => undefined,
    });
    void playback.write(counting(200));
    await advanceBy(clock, 100, 10);
    expect([playback.heardMs, playback.unheardMs]).toEqual([50, 150]);
  });

  test("before anything was opened it is silent, and holding it then holds what comes", async () => {
    const clock = new ManualClock();
    const playback = new Playback(clock);
    playback.drop();
    playback.hold();
    expect([playback.writtenMs, playback.heardMs, playback.unheardMs, playback.write(counting(20))]).toEqual([
      0,
      0,
      0,
      undefined,
    ]);
  });
});
