import { describe, expect, it } from "vitest";
import { ExpectedLoss } from "../../src/rtp/expected-loss.ts";

/** What is expected after each of these reports, which come once a second. */
function percentsAfter(...fractions: readonly number[]): number[] {
  return percentsOf(new ExpectedLoss(), fractions);
}

function percentsOf(loss: ExpectedLoss, fractions: readonly number[]): number[] {
  return fractions.map((fraction, second) => {
    loss.handleReport(fraction, second * 1000);
    return loss.percent;
  });
}

describe("the loss that an encoder prepares for", () => {
  it("is none on a good network, whatever a single report says of one packet", () => {
    expect(percentsAfter(0, 0.02, 0, 0.04, 0, 0)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("follows a loss at once, and a heavy one within seconds", () => {
    expect(percentsAfter(0, 0.1, 0.1, 0.1)).toEqual([0, 10, 10, 10]);
    expect(percentsAfter(0.2, 0.2, 0.2, 0.2)).toEqual([10, 20, 20, 20]);
  });

  it("ends only after twenty calm seconds", () => {
    const percents = percentsAfter(0.1, ...Array.from({ length: 40 }, () => 0));
    expect(percents.lastIndexOf(10)).toBe(22);
    expect(percents.at(-1)).toBe(0);
  });

  it("ends sooner where it is told so", () => {
    const percents = percentsOf(new ExpectedLoss({ calmMs: 6000 }), [0.1, ...Array.from({ length: 20 }, () => 0)]);
    expect(percents.lastIndexOf(10)).toBe(8);
  });
});
