import { expect, test } from "vitest";
import { TRANSPORT_BITRATE_LIMITS } from "../../../src/rtp/bitrate-limits.ts";
import { BandwidthEstimator } from "../../../src/rtp/congestion/bandwidth-estimator.ts";
import { TransportFeedbackGenerator } from "../../../src/rtp/transport-feedback-generator.ts";

const PACKET_BYTES = 1000;
const STEP_MS = 20;
const DELAY_MS = 30;

/** A sender of 400 kbit/s on a path that takes all of it, and how long its probes take to arrive. */
class IdleSender {
  readonly estimator = new BandwidthEstimator(TRANSPORT_BITRATE_LIMITS);
  readonly probes: { readonly atMs: number; readonly bps: number }[] = [];
  readonly #feedback = new TransportFeedbackGenerator({ senderSsrc: 1 });
  #nextSequence = 0;
  #nowMs = 0;

  /** @param foundBps what probes find at most */
  run(durationMs: number, { foundBps }: { foundBps: number }): void {
    for (const endMs = this.#nowMs + durationMs; this.#nowMs < endMs; this.#nowMs += STEP_MS) {
      this.#send(this.#nowMs, this.#nowMs + DELAY_MS);
      const probe = this.estimator.takeProbe(this.#nowMs);
      if (probe) {
        this.probes.push({ atMs: this.#nowMs, bps: probe.bps });
        const gapMs = (PACKET_BYTES * 8000) / probe.bps;
        const arrivalGapMs = Math.max(gapMs, (PACKET_BYTES * 8000) / foundBps);
        const count = Math.max(probe.minPackets, Math.ceil(probe.minBytes / PACKET_BYTES));
        for (let index = 0; index < count; index += 1) {
          const sentAtMs = this.#nowMs + index * gapMs;
          this.#send(sentAtMs, this.#nowMs + DELAY_MS + index * arrivalGapMs, probe.id);
        }
      }
      const heardAtMs = this.#nowMs + STEP_MS;
      for (const feedback of this.#feedback.takeFeedback(heardAtMs)) {
        this.estimator.handleFeedback(feedback, { nowMs: heardAtMs, roundTripMs: 2 * DELAY_MS });
      }
      this.estimator.handleTimer(heardAtMs);
    }
  }

  #send(sentAtMs: number, arrivedAtMs: number, probe?: number): void {
    const sequenceNumber = this.#nextSequence & 0xffff;
    this.#nextSequence += 1;
    this.estimator.handleSent({ sequenceNumber, byteLength: PACKET_BYTES, sentAtMs, probe });
    this.#feedback.handlePacket({ transportSequence: sequenceNumber, ssrc: 2, byteLength: PACKET_BYTES }, arrivedAtMs);
  }
}

test("less, found by a single probe, is believed by a fifth at most, and tried again after two seconds", () => {
  const sender = new IdleSender();
  sender.run(3000, { foundBps: 4_000_000 });
  const { estimateBps } = sender.estimator;
  expect(Math.abs(estimateBps - 4_000_000)).toBeLessThan(400_000);
  sender.probes.length = 0;
  while (sender.probes.length === 0) sender.run(100, { foundBps: 2_500_000 });
  sender.run(1000, { foundBps: 2_500_000 });
  expect(sender.estimator.estimateBps / estimateBps).toBeCloseTo(0.8, 1);
  sender.run(1500, { foundBps: 4_000_000 });
  const [first, second] = sender.probes;
  expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeLessThan(2500);
  sender.run(500, { foundBps: 4_000_000 });
  expect(Math.abs(sender.estimator.estimateBps - estimateBps)).toBeLessThan(400_000);
});

test("less, found by probe after probe, is believed in the end", () => {
  const sender = new IdleSender();
  sender.run(3000, { foundBps: 4_000_000 });
  sender.run(25_000, { foundBps: 1_000_000 });
  expect(sender.estimator.estimateBps).toBeGreaterThan(800_000);
  expect(sender.estimator.estimateBps).toBeLessThan(1_400_000);
});
