import { describe, expect, test } from "vitest";
import { AudioFrame } from "../../src/media/audio-frame.ts";
import { AudioOutlet } from "../../src/session/audio-outlet.ts";
import { mergePackets } from "../../src/session/latency-debt.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { advanceBy, turn } from "../support/turn.ts";

const SAMPLE_RATE = 8000;
const PACKET = 160;
const LOUD = 8000;

function setUp({ leadMs = 100 } = {}) {
  const clock = new ManualClock();
  const sent: Int16Array[] = [];
  const outlet = new AudioOutlet({
    format: { sampleRate: SAMPLE_RATE, channels: 1, packetMs: 20, leadMs },
    clock,
    send: ({ samples }) => sent.push(samples as Int16Array),
  });
  const write = (level: number, ms = 20): Promise<void> | undefined =>
    outlet.write(
      new AudioFrame({ samples: new Int16Array((ms * SAMPLE_RATE) / 1000).fill(level), sampleRate: SAMPLE_RATE }),
    );
  return { clock, sent, outlet, write };
}

type Setup = ReturnType<typeof setUp>;

interface Live {
  readonly packets: number;
  readonly everyMs?: number;
  readonly level?: (index: number) => number;
}

/** A live producer: a packet every `everyMs`, as loud as `level` says of each. */
function live({ clock, write }: Setup, { packets, everyMs = 20, level = () => LOUD }: Live): void {
  for (let index = 0; index < packets; index += 1) {
    void write(level(index));
    clock.advance(everyMs);
  }
}

/** A network that delivers nothing for a while, then all at once. */
function stall({ clock, write }: Setup, ms: number, level = LOUD): void {
  clock.advance(ms);
  for (let at = 0; at < ms; at += 20) void write(level);
}

/** A second of speech, then half a second of almost nothing. */
const speech = (index: number): number => (index % 75 < 50 ? LOUD : 20);

describe("sound that is late for good", () => {
  test("catches up in the speaker's pauses, and not a packet of speech is lost", () => {
    const setup = setUp();
    live(setup, { packets: 150, level: speech });
    stall(setup, 500);
    const lateMs = setup.outlet.waitingMs;
    live(setup, { packets: 450, level: speech });
    expect(lateMs).toBe(380);
    expect(setup.outlet.waitingMs).toBeLessThan(60);
    const loudPackets = setup.sent.filter((packet) => packet.every((sample) => sample === LOUD)).length;
    expect(loudPackets).toBe(100 + 25 + 300);
  });

  test("catches up in loud sound as well, by packets that fade from one into another", () => {
    const setup = setUp();
    live(setup, { packets: 150 });
    stall(setup, 500);
    live(setup, { packets: 300 });
    const afterSixSecondsMs = setup.outlet.waitingMs;
    live(setup, { packets: 500 });
    expect(afterSixSecondsMs).toBeGreaterThan(200);
    expect(setup.outlet.waitingMs).toBeLessThan(80);
    // No click: between two equal packets nothing is heard of it.
    expect(new Set(setup.sent.flatMap((packet) => [...packet]))).toEqual(new Set([LOUD]));
  });

  test("keeps loud sound whole while less than 200 ms wait: somebody keeps them in hand", () => {
    const setup = setUp();
    void setup.write(LOUD, 260); // 120 ms of it leave at once.
    live(setup, { packets: 1500 });
    expect(setup.outlet.waitingMs).toBe(140);
    setup.clock.advance(1000);
    expect(setup.sent).toHaveLength(13 + 1500);
  });

  test.each([
    ["100 ppm faster", 1 - 100e-6, 100],
    ["100 ppm slower", 1 + 100e-6, 100],
    ["100 ppm faster, and the far end keeps nothing in hand", 1 - 100e-6, 0],
  ])("stays bounded over an hour of a clock that is %s", (_name, pace, leadMs) => {
    const setup = setUp({ leadMs });
    let mostMs = 0;
    for (let block = 0; block < 1200; block += 1) {
      live(setup, { packets: 150, everyMs: 20 * pace, level: speech });
      mostMs = Math.max(mostMs, setup.outlet.waitingMs);
    }
    expect(mostMs).toBeLessThanOrEqual(80);
    // What is lost is what the clocks differ by, and what was waiting.
    expect(Math.abs(setup.sent.length - 180_000)).toBeLessThanOrEqual(18 + 5);
  });

  test("synthesised speech, faster than real time, is played to the sample, pauses and all", async () => {
    const setup = setUp();
    const spoken = Array.from({ length: 2000 }, (_, index) => speech(index) + (index % 7));
    const speaking = (async (): Promise<void> => {
      for (const level of spoken) await setup.write(level);
    })();
    await advanceBy(setup.clock, 41_000, 20);
    await speaking;
    expect(setup.sent.map((packet) => packet[0])).toEqual(spoken);
  });

  test("so is speech that comes in bursts, sentence by sentence, without ever being held back", () => {
    const setup = setUp();
    const spoken: number[] = [];
    for (let sentence = 0; sentence < 20; sentence += 1) {
      for (let index = 0; index < 45; index += 1) {
        spoken.push(speech(index + 25));
        void setup.write(speech(index + 25));
      }
      setup.clock.advance(850); // Before the last one has been played.
    }
    setup.clock.advance(2000);
    expect(setup.sent.map((packet) => packet[0])).toEqual(spoken);
  });

  test("so is speech that is slightly faster than it plays", () => {
    const setup = setUp();
    const spoken: number[] = [];
    for (let index = 0; index < 2000; index += 1) {
      spoken.push(speech(index));
      void setup.write(speech(index));
      setup.clock.advance(19.6);
    }
    setup.clock.advance(3000);
    expect(setup.sent.map((packet) => packet[0])).toEqual(spoken);
  });

  test("what was held on purpose is not late", () => {
    const setup = setUp();
    live(setup, { packets: 50 });
    setup.outlet.hold();
    live(setup, { packets: 20, level: () => 0 });
    setup.clock.advance(5000);
    setup.outlet.resume();
    setup.clock.advance(1000);
    expect(setup.sent).toHaveLength(50 + 20);
  });
});

/** A handler that answers what it receives in a queue of its own, as `StreamHandler`s do. */
function queueingHandler({ outlet, write }: Setup) {
  const queue: number[] = [];
  let isHeldBack = false;
  const give = (): void => {
    for (let level = queue.shift(); level !== undefined; level = queue.shift()) {
      const room = write(level);
      if (!room) continue;
      isHeldBack = true;
      void room.then(() => {
        isHeldBack = false;
        give();
      });
      return;
    }
  };
  return {
    queue,
    receive: (level: number): void => {
      outlet.received(20);
      queue.push(level);
      if (!isHeldBack) give();
    },
  };
}

describe("a live handler that was held back after a long stall", () => {
  const talk = async (setup: Setup, handler: ReturnType<typeof queueingHandler>, packets: number): Promise<void> => {
    for (let index = 0; index < packets; index += 1) {
      handler.receive(speech(index));
      await advanceBy(setup.clock, 20);
    }
  };

  test("catches up with all of it, its own queue included", async () => {
    const setup = setUp();
    const handler = queueingHandler(setup);
    await talk(setup, handler, 150);
    setup.clock.stall(3000);
    for (let index = 0; index < 150; index += 1) handler.receive(speech(index));
    await turn();
    const lateMs = setup.outlet.waitingMs + handler.queue.length * 20;
    await talk(setup, handler, 1500);
    expect(lateMs).toBeGreaterThan(2500);
    expect([handler.queue.length, setup.outlet.waitingMs < 80]).toEqual([0, true]);
    // 150 + 100 + 1000 packets of speech: those that gave way to the others are few.
    const loud = setup.sent.filter((packet) => packet.every((sample) => sample === LOUD)).length;
    expect(loud).toBeGreaterThan(1170);
  });

  test("also when the stalled sound came in one piece", async () => {
    const setup = setUp();
    await advanceBy(setup.clock, 3000);
    setup.outlet.received(3000);
    void setup.write(LOUD, 3000);
    for (let index = 0; index < 1000; index += 1) {
      setup.outlet.received(20);
      void setup.write(speech(index));
      await advanceBy(setup.clock, 20);
    }
    expect(setup.outlet.waitingMs).toBeLessThan(80);
  });

  test.each([1, 2, 50])(
    "is not taken for one that synthesises, %d times as fast as it plays, while the peer is heard",
    async (speed) => {
      const setup = setUp();
      const { clock, outlet, write, sent } = setup;
      const spoken = Array.from({ length: 1500 }, (_, index) => speech(index) + (index % 7));
      const hearing = async (): Promise<void> => {
        for (let index = 0; index < 2000; index += 1) {
          outlet.received(20);
          await advanceBy(clock, 20, 10);
        }
      };
      const speaking = async (): Promise<void> => {
        // The first sentence is there at once, the others come at their speed.
        for (const [index, level] of spoken.entries()) {
          await write(level);
          if (index > 40) await clock.sleep(20 / speed);
        }
      };
      await Promise.all([hearing(), speaking()]);
      expect(sent.map((packet) => packet[0])).toEqual(spoken);
    },
  );
});

test("two packets become one that begins as the first and ends as the second, in each channel", () => {
  const first = new Int16Array(8).map((_, index) => (index % 2 === 0 ? 800 : -800));
  const merged = mergePackets(first, new Int16Array(8), 2);
  expect([...merged]).toEqual([700, -700, 500, -500, 300, -300, 100, -100]);
  expect(mergePackets(new Int16Array(PACKET).fill(5), new Int16Array(PACKET).fill(5), 1)).toEqual(
    new Int16Array(PACKET).fill(5),
  );
});
