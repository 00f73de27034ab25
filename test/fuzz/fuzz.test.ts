import { describe, expect, it } from "vitest";
import { FastRtcError } from "../../src/errors.ts";
import { MAX_GROWTH_BYTES, fuzz } from "./fuzz-run.ts";
import type { FuzzTarget } from "./fuzz-target.ts";
import { fuzzTargets, inputsOf } from "./fuzz-targets.ts";

/** Of what `npm run fuzz` gives them, six thousandths. */
const ALL_INPUTS = 60_000;

describe("what a stranger sends", () => {
  it.each(fuzzTargets.map((target) => [target.name, target] as const))("harms no reader: %s", async (_, target) => {
    const { failures, accepted, grownBytes } = await fuzz(target, { inputs: inputsOf(target, ALL_INPUTS), seed: 1 });
    expect(failures).toEqual([]);
    expect(accepted).toBeGreaterThan(0);
    expect(grownBytes).toBeLessThan(MAX_GROWTH_BYTES);
  });
});

describe("the fuzzer", () => {
  const target = (read: (bytes: Uint8Array) => boolean, refusals: readonly string[] = []): FuzzTarget => ({
    name: "a parser",
    corpus: [Uint8Array.of(1, 2, 3, 4)],
    refusals,
    open: () => read,
  });

  it("finds a parser that throws, and says with which input", async () => {
    const { failures } = await fuzz(
      target((bytes) => {
        if (bytes.length === 3 && bytes[0] === 0xff) throw new RangeError("boom");
        return true;
      }),
      { inputs: 50_000, seed: 1 },
    );
    expect(failures[0]?.input).toMatch(/^ff.{4}$/);
    expect(failures[0]?.reason).toContain("RangeError: boom");
  });

  it("takes a refusal of the parser's own for none", async () => {
    const refuse = (): boolean => {
      throw new FastRtcError("invalid_sdp", "no");
    };
    expect((await fuzz(target(refuse, ["invalid_sdp"]), { inputs: 10, seed: 1 })).failures).toEqual([]);
    expect((await fuzz(target(refuse), { inputs: 10, seed: 1 })).failures).toHaveLength(5);
  });

  it("finds an input that takes too long", async () => {
    const { failures } = await fuzz(
      target((bytes) => {
        const untilMs = performance.now() + (bytes[0] === 0xff ? 25 : 0);
        while (performance.now() < untilMs);
        return true;
      }),
      { inputs: 300, seed: 1 },
    );
    expect(failures[0]?.reason).toMatch(/^it takes \d+\.\d ms$/);
  });

  it("gives the same inputs for the same seed, and others for another", async () => {
    const inputsFor = async (seed: number): Promise<string[]> => {
      const inputs: string[] = [];
      await fuzz(
        target((bytes) => inputs.push(Buffer.from(bytes).toString("hex")) > 0),
        { inputs: 100, seed },
      );
      return inputs;
    };
    expect(await inputsFor(1)).toEqual(await inputsFor(1));
    expect(await inputsFor(1)).not.toEqual(await inputsFor(2));
  });
});
