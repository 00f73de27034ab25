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
import { barShare, placeNames, plotColumns, plotRows, tickText } from "../../web/src/fields/plot-rows.ts";

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

describe("a diagram", () => {
  it("brings series together by their places, which ascend, and keeps two points of one place apart", () => {
    const plot = {
      kind: "line",
      series: [
        { x: [3, 1, 1], y: [30, 10, 11] },
        { x: [2, 1], y: [0.2, 0.1] },
      ],
    } as const;
    const rows = plotRows(plot);
    expect(rows).toEqual({
      isNamed: false,
      rows: [
        { x: 1, values: [10, 0.1] },
        { x: 1, values: [11, undefined] },
        { x: 2, values: [undefined, 0.2] },
        { x: 3, values: [30, undefined] },
      ],
    });
    expect(plotColumns(plot, rows)).toEqual([
      [1, 1, 2, 3],
      [10, 11, undefined, 30],
      [0.1, undefined, 0.2, undefined],
    ]);
  });

  it("has names in the order in which they came, and the bars of one side by side around its place", () => {
    const plot = {
      kind: "bar",
      series: [
        { x: ["b", "a"], y: [1, 2] },
        { x: ["a"], y: [3] },
      ],
    } as const;
    const rows = plotRows(plot);
    expect([rows.isNamed, placeNames(rows), barShare(plot)]).toEqual([true, ["b", "a"], 0.4]);
    expect(plotColumns(plot, rows)).toEqual([
      [-0.2, 0.2, 0.8, 1.2],
      [1, undefined, 2, undefined],
      [undefined, undefined, undefined, 3],
    ]);
  });

  it("stands with nothing, and with 100,000 points at one place", () => {
    expect(plotRows({ kind: "line", series: [] })).toEqual({ isNamed: false, rows: [] });
    const many = Array.from({ length: 100_000 }, () => 1);
    expect(plotRows({ kind: "scatter", series: [{ x: many, y: many }] }).rows.length).toBe(100_000);
  });

  it("has short numbers beside its axes", () => {
    expect([tickText(1500), tickText(0.123_456), tickText(-3)]).toEqual(["1.5K", "0.1235", "-3"]);
  });
});
