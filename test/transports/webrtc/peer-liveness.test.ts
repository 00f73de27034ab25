import { expect, test } from "vitest";
import { PeerLiveness } from "../../../src/transports/webrtc/peer-liveness.ts";
import { ManualClock } from "../../support/manual-clock.ts";

function setUp() {
  const clock = new ManualClock();
  const silentAtMs: number[] = [];
  const liveness = new PeerLiveness({ clock, silenceMs: 7000, onSilence: () => silentAtMs.push(clock.nowMs()) });
  liveness.start();
  return { clock, liveness, silentAtMs };
}

test("notices a vanished peer within ten seconds, once", () => {
  const { clock, silentAtMs } = setUp();
  clock.advance(60_000);
  expect(silentAtMs).toEqual([7500]);
  expect(clock.pendingTimers).toBe(0);
});

test("stays calm while something comes every few seconds", () => {
  const { clock, liveness, silentAtMs } = setUp();
  for (let second = 0; second < 60; second += 5) {
    clock.advance(5000);
    liveness.heard();
  }
  expect(silentAtMs).toEqual([]);
});

test("does not blame the peer for time in which the server itself was busy", () => {
  const { clock, liveness, silentAtMs } = setUp();
  clock.advance(5000);
  // The loop was blocked for long: one late check runs before the packets that wait are read.
  clock.advance(1000);
  liveness.heard();
  clock.advance(7000);
  expect(silentAtMs).toEqual([]);
});

test("asks for a sign every two seconds of quiet, until there is one", () => {
  const clock = new ManualClock();
  const askedAtMs: number[] = [];
  const liveness = new PeerLiveness({
    clock,
    silenceMs: 8500,
    onQuiet: () => askedAtMs.push(clock.nowMs()),
    onSilence: () => askedAtMs.push(-1),
  });
  liveness.start();
  clock.advance(2600); // The first check hears of the start.
  liveness.heard();
  clock.advance(20_000);
  expect(askedAtMs).toEqual([2500, 5000, 7000, 9000, 11_000, -1]);
});

test("stops watching when told to", () => {
  const { clock, liveness, silentAtMs } = setUp();
  liveness.stop();
  clock.advance(60_000);
  expect(silentAtMs).toEqual([]);
});
