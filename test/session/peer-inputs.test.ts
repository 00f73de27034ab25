import { describe, expect, test } from "vitest";
import { z } from "zod";
import { slider } from "../../src/ui/slider.ts";
import { state } from "../../src/ui/state.ts";
import { textbox } from "../../src/ui/textbox.ts";
import { peers } from "../support/peers.ts";
import { turn } from "../support/turn.ts";

const slow = z.string().refine(async (text) => text !== "bad", { error: "not bad" });

describe("the inputs of a peer", () => {
  test("begin with their defaults, each session with a state of its own", () => {
    const { join } = peers([slider({ value: 5 }), z.boolean().default(true), state({ value: [] })]);
    const [first, second] = [join("a"), join("b")];
    expect(first.inputs.latest).toEqual([5, true, []]);
    expect(first.inputs.latest?.[2]).not.toBe(second.inputs.latest?.[2]);
    expect(first.inputs.setCount).toBe(0);
  });

  test("are not there before they are set where one has no default", () => {
    const { join } = peers([slider(), z.string()]);
    expect(join("a").inputs.latest).toBeUndefined();
    expect(peers().join("a").inputs.latest).toEqual([]);
  });

  test("begin later where a default takes its time, unless they were set meanwhile", async () => {
    const { join } = peers([slow.prefault("late")]);
    const [first, second] = [join("a"), join("b")];
    second.inputs.set(["set"]);
    expect(first.inputs.latest).toBeUndefined();
    await turn();
    expect([first.inputs.latest, first.inputs.setCount, second.inputs.latest]).toEqual([["late"], 0, ["set"]]);
  });

  test("are checked before they are set", () => {
    const { inputs, join } = peers([slider({ label: "Speed", maximum: 10 }), textbox()]);
    const session = join("a");
    expect(inputs.set("a", [3, "x"])).toBeUndefined();
    expect(session.inputs.latest).toEqual([3, "x"]);
    for (const values of [[11, "x"], [3], [3, "x", "y"], ["3", "x"]]) {
      expect(() => inputs.set("a", values)).toThrow(expect.objectContaining({ code: "invalid_argument" }));
    }
    expect(() => inputs.set("a", [11, "x"])).toThrow(
      'Additional input 1: "Speed" must be a number from 0 to 10, not 11.',
    );
    expect(() => inputs.set("b", [3, "x"])).toThrow('There is no connection with the webrtc_id "b".');
    expect(session.inputs.latest).toEqual([3, "x"]);
  });

  test("are set later where a check takes its time; who does not wait for a refusal survives it", async () => {
    const { inputs, join, logger } = peers([slow]);
    const session = join("a");
    await inputs.set("a", ["good"]);
    expect(session.inputs.latest).toEqual(["good"]);
    await expect(inputs.set("a", ["bad"])).rejects.toThrow("not bad");
    void inputs.set("a", ["bad"]);
    await turn();
    expect(session.inputs.latest).toEqual(["good"]);
    expect(logger.lines.filter(({ level }) => level === "error")).toHaveLength(1);
  });

  test("that cannot say with what they begin are reported, and are then asked for", async () => {
    const failing = z.string().default(() => {
      throw new Error("no default today");
    });
    const { join, logger } = peers([failing]);
    expect(join("a").inputs.latest).toBeUndefined();
    await turn();
    expect(logger.lines.filter(({ level }) => level === "error")).toHaveLength(1);
  });
});
