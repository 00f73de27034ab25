import { describe, expect, it } from "vitest";
import type { ComponentDescriptor, OutputDescriptor } from "../../src/client/index.ts";
import { chatbot } from "../../src/ui/chatbot.ts";
import { describeInputs, describeOutputs } from "../../src/ui/describe.ts";
import { html } from "../../src/ui/html.ts";
import { state } from "../../src/ui/state.ts";
import { textbox } from "../../src/ui/textbox.ts";
import {
  begunAnew,
  firstValues,
  shownInputs,
  shownOutputs,
  withInput,
  withOutputs,
} from "../../web/src/fields/field-values.ts";
import { plotScale, ticks, tickText } from "../../web/src/fields/plot-scale.ts";

const chat = chatbot();
const line = textbox({ value: "first" });
const inputs = [line, chat, state({ value: 1 }), html({ value: "<p>" }), textbox({ visible: false })];
const fields: { additionalInputs: readonly ComponentDescriptor[]; additionalOutputs: readonly OutputDescriptor[] } = {
  additionalInputs: describeInputs(inputs),
  additionalOutputs: describeOutputs([chat, line, textbox({ value: "told" })], inputs),
};

describe("the values on the page", () => {
  it("are what the components begin with, then what is said", () => {
    const first = firstValues(fields);
    expect(first).toEqual({ inputs: ["first", [], null, "<p>", ""], outputs: [[], "first", "told"] });
    expect(withInput(first, 0, "x").inputs).toEqual(["x", [], null, "<p>", ""]);
    const said = [{ role: "user", content: "hi" }];
    const shown = withOutputs(fields, first, [said, "y", "z"]);
    expect(shown).toEqual({ inputs: ["y", said, null, "<p>", ""], outputs: [said, "y", "z"] });
    expect(begunAnew(fields, withInput(shown, 3, "<b>"))).toEqual({
      inputs: ["first", [], null, "<b>", ""],
      outputs: [[], "first", "told"],
    });
  });

  it("stand on the page once, among the inputs where they can be edited", () => {
    expect([shownInputs(fields), shownOutputs(fields)]).toEqual([
      [0, 3],
      [0, 2],
    ]);
  });
});

describe("a diagram's scale", () => {
  const area = { left: 0, right: 100, top: 0, bottom: 100 };

  it("has round steps that enclose the values", () => {
    expect(ticks([0, 9])).toEqual([0, 5, 10]);
    expect(ticks([-0.3, 0.4]).map(tickText)).toEqual(["-0.4", "-0.2", "0", "0.2", "0.4"]);
    expect([tickText(1500), tickText(0.123_456)]).toEqual(["1.5K", "0.1235"]);
  });

  it("begins bars at 0 and gives names equal room", () => {
    const scale = plotScale({ kind: "bar", series: [{ x: ["a", "b"], y: [5, 10] }] }, area);
    expect([scale.y(0), scale.y(10), scale.x("a"), scale.x("b")]).toEqual([100, 0, 25, 75]);
  });

  it("stands with nothing, with one point, and with 100,000", () => {
    for (const y of [[], [7], Array.from({ length: 100_000 }, (_, index) => index)]) {
      const scale = plotScale({ kind: "line", series: [{ x: y.map((_, index) => index), y }] }, area);
      for (const value of y.slice(0, 3)) {
        expect(Number.isFinite(scale.y(value)) && Number.isFinite(scale.x(value))).toBe(true);
      }
    }
  });
});
