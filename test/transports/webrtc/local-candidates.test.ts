import { expect, it } from "vitest";
import { parseCandidate } from "../../../src/protocol/sdp/candidate.ts";
import { LocalCandidates } from "../../../src/transports/webrtc/local-candidates.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const host = parseCandidate("candidate:1 1 udp 2 192.0.2.1 5000 typ host");
const reflexive = parseCandidate("candidate:2 1 udp 1 198.51.100.1 5000 typ srflx");

/** Whether a promise has resolved by now. */
async function isSettled(promise: Promise<void>): Promise<boolean> {
  return Promise.race([promise.then(() => true), Promise.resolve(false).then((value) => value)]);
}

it("keeps each candidate once", () => {
  const candidates = new LocalCandidates(new ManualClock());
  expect([candidates.add(host), candidates.add({ ...host, foundation: "9" }), candidates.add(reflexive)]).toEqual([
    true,
    false,
    true,
  ]);
  expect(candidates.found).toEqual([host, reflexive]);
});

it("ends a wait when all the types are there, and its timer with it", async () => {
  const clock = new ManualClock();
  const candidates = new LocalCandidates(clock);
  const wait = candidates.wait(["host", "srflx"], 100);
  candidates.add(host);
  expect(await isSettled(wait)).toBe(false);
  candidates.add(reflexive);
  await wait;
  expect(clock.pendingTimers).toBe(0);
  await candidates.wait(["host"], 100); // They are there already.
});

it("ends a wait when the time is up, and when no more will be found", async () => {
  const clock = new ManualClock();
  const candidates = new LocalCandidates(clock);
  const timedOut = candidates.wait(["relay"], 100);
  const ended = candidates.wait(["relay"], 1000);
  clock.advance(100);
  await timedOut;
  expect(await isSettled(ended)).toBe(false);
  candidates.end();
  await ended;
  await candidates.wait(["relay"], 100);
  expect(clock.pendingTimers).toBe(0);
});
