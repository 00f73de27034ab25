import { describe, expect, it } from "vitest";
import { TransportFeedbackGenerator } from "../../src/rtp/transport-feedback-generator.ts";

function generator(): {
  receive: (transportSequence: number, arrivalMs: number, byteLength?: number) => void;
  feedback: TransportFeedbackGenerator;
} {
  const feedback = new TransportFeedbackGenerator({ senderSsrc: 9 });
  return {
    feedback,
    receive: (transportSequence, arrivalMs, byteLength = 1000) =>
      feedback.handlePacket({ transportSequence, ssrc: 5, byteLength }, arrivalMs),
  };
}

describe("TransportFeedbackGenerator", () => {
  it("tells what arrived, what did not, and when, across the wrap of the numbers", () => {
    const { feedback, receive } = generator();
    receive(65_534, 640);
    receive(65_535, 641);
    receive(1, 642.6);
    expect(feedback.nextTimerMs).toBe(640);
    expect(feedback.takeFeedback(700)).toEqual([
      {
        type: "transport-wide-feedback",
        senderSsrc: 9,
        mediaSsrc: 5,
        baseSequence: 65_534,
        packetCount: 4,
        referenceTime: 10,
        feedbackCount: 0,
        arrivals: [
          { offset: 0, ticks: 0 },
          { offset: 1, ticks: 4 },
          { offset: 3, ticks: 10 },
        ],
      },
    ]);
    expect(feedback.nextTimerMs).toBeUndefined();
  });

  it("goes on where it stopped, with what was lost in between", () => {
    const { feedback, receive } = generator();
    receive(10, 0);
    feedback.takeFeedback(0);
    receive(13, 20);
    expect(feedback.takeFeedback(50)).toEqual([]);
    expect(feedback.takeFeedback(250)).toMatchObject([
      { baseSequence: 11, packetCount: 3, feedbackCount: 1, arrivals: [{ offset: 2, ticks: 80 }] },
    ]);
  });

  it("tells a packet that came late together with those after it", () => {
    const { feedback, receive } = generator();
    receive(10, 0);
    receive(12, 1);
    feedback.takeFeedback(0);
    receive(11, 110);
    expect(feedback.takeFeedback(250)).toMatchObject([
      {
        baseSequence: 11,
        packetCount: 2,
        arrivals: [
          { offset: 0, ticks: (110 - 64) * 4 },
          { offset: 1, ticks: (1 - 64) * 4 },
        ],
      },
    ]);
  });

  it("tells of one packet once, however often it arrives", () => {
    const { feedback, receive } = generator();
    receive(10, 0);
    feedback.takeFeedback(0);
    receive(10, 50);
    expect(feedback.nextTimerMs).toBeUndefined();
  });

  it("comes more often the more arrives, every 50 to 250 ms", () => {
    const intervalsOf = (packetsPerMs: number): number[] => {
      const { feedback, receive } = generator();
      const times: number[] = [];
      let sequence = 0;
      for (let nowMs = 0; nowMs < 3000; nowMs += 1) {
        for (let target = nowMs * packetsPerMs; sequence < target; sequence += 1) receive(sequence & 0xffff, nowMs);
        if (feedback.takeFeedback(nowMs).length > 0) times.push(nowMs);
      }
      return times.slice(5).map((time, index) => time - (times[index + 4] ?? 0));
    };
    for (const interval of intervalsOf(0.5)) expect(interval).toBeLessThanOrEqual(51);
    for (const interval of intervalsOf(0.01)) expect(interval).toBeGreaterThanOrEqual(90);
  });

  it("takes another packet when one cannot hold the times or the number of packets", () => {
    const { feedback, receive } = generator();
    receive(1, 0);
    receive(2, 9000);
    expect(feedback.takeFeedback(9000).map(({ baseSequence, packetCount }) => [baseSequence, packetCount])).toEqual([
      [1, 1],
      [2, 1],
    ]);
    for (let sequence = 3; sequence < 1003; sequence += 1) receive(sequence, 9001);
    const [first, ...rest] = feedback.takeFeedback(9500);
    expect(first?.arrivals).toHaveLength(450);
    expect([first, ...rest].reduce((sum, packet) => sum + (packet?.packetCount ?? 0), 0)).toBe(1000);
  });

  it("begins anew when the peer numbers anew", () => {
    const { feedback, receive } = generator();
    receive(1, 0);
    receive(30_000, 10);
    expect(feedback.takeFeedback(10)).toMatchObject([{ baseSequence: 30_000, packetCount: 1 }]);
  });

  it("keeps its reference time in 24 bits after months", () => {
    const { feedback, receive } = generator();
    receive(1, 64 * 2 ** 24 + 64);
    expect(feedback.takeFeedback(64 * 2 ** 24 + 64)).toMatchObject([{ referenceTime: 1 }]);
  });
});
