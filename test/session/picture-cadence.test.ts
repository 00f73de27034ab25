import { describe, expect, test } from "vitest";
import { PictureCadence } from "../../src/session/picture-cadence.ts";

function cadenceOf(...timesMs: readonly number[]): PictureCadence {
  const cadence = new PictureCadence();
  for (const ms of timesMs) cadence.note(ms);
  return cadence;
}

const steady = Array.from({ length: 31 }, (_, index) => index * 33);

describe("the cadence of pictures", () => {
  test("counts a pause that a viewer sees as a freeze, with its length", () => {
    const { count, freezes, freezesMs } = cadenceOf(...steady, 990 + 400, 990 + 433);
    expect({ count, freezes, freezesMs }).toEqual({ count: 33, freezes: 1, freezesMs: 400 });
  });

  test("takes a late picture for no freeze", () => {
    const { freezes, freezesMs } = cadenceOf(...steady, 990 + 150);
    expect({ freezes, freezesMs }).toEqual({ freezes: 0, freezesMs: 0 });
  });

  test("takes no slow stream for a frozen one", () => {
    const { freezes } = cadenceOf(0, 1000, 2000, 3100, 4000);
    expect(freezes).toBe(0);
  });
});
