import { describe, expect, test } from "vitest";
import { CountHistory } from "../../src/session/count-history.ts";

describe("the growth of counts", () => {
  test("is that since the beginning at the first reading", () => {
    const history = new CountHistory(1000);
    expect(history.read({ frames: 90 }, 4000)).toEqual({ seconds: 3, growth: { frames: 90 } });
  });

  test("is that since a reading of a second ago, however many came in between", () => {
    const history = new CountHistory(0);
    history.read({ frames: 300 }, 10_000);
    for (let ms = 10_050; ms < 11_000; ms += 50) history.read({ frames: 300 + (ms - 10_000) / 50 }, ms);
    expect(history.read({ frames: 320 }, 11_000)).toEqual({ seconds: 1, growth: { frames: 20 } });
  });

  test("is that since the reading before when nobody asked for longer", () => {
    const history = new CountHistory(0);
    history.read({ frames: 300 }, 10_000);
    expect(history.read({ frames: 600 }, 70_000)).toEqual({ seconds: 60, growth: { frames: 300 } });
  });

  test("of a count that fell is none", () => {
    const history = new CountHistory(0);
    history.read({ frames: 300 }, 10_000);
    expect(history.read({ frames: 20 }, 11_000)).toEqual({ seconds: 1, growth: { frames: 0 } });
  });
});
