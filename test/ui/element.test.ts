import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import type { Component } from "../../src/ui/component.ts";
import { element } from "../../src/ui/element.ts";
import type { JsonValue } from "../../src/ui/json-value.ts";

const color = element({ tag: "color-wheel", value: "#ff0000", schema: z.string().length(7), label: "Color" });

describe("an element of the application's own", () => {
  it("is told to the page, and its values are checked by its schema", () => {
    expect(color.descriptor).toEqual({
      type: "element",
      label: "Color",
      info: null,
      visible: true,
      interactive: null,
      tag: "color-wheel",
      options: null,
      value: "#ff0000",
    });
    expect(color.parse("#00ff00")).toBe("#00ff00");
    expect(() => color.parse("#00ff")).toThrow(/^"Color": Too small/);
    expectTypeOf(color).toEqualTypeOf<Component<string>>();
  });

  it("takes any JSON without a schema, and nothing else", () => {
    const any = element({ tag: "x-y", value: { a: [1] }, options: { b: 2 } });
    expect(any.parse([null])).toEqual([null]);
    expect(() => any.parse(undefined)).toThrow("The element must be a value that JSON has, not nothing.");
    expectTypeOf(any).toEqualTypeOf<Component<JsonValue>>();
  });

  it.each([
    ["no custom element's", { tag: "video", value: 1 }, "the name of a custom element"],
    ["markup", { tag: "a-b><script", value: 1 }, "the name of a custom element"],
    ["a first value that its schema refuses", { tag: "a-b", value: 1, schema: z.string() }, "cannot begin with"],
    ["a schema that takes its time", { tag: "a-b", value: 1, schema: z.int().refine(async () => true) }, "at once"],
    ["a schema that is none", { tag: "a-b", value: 1, schema: {} }, "a Standard Schema"],
  ])("is refused with %s", (_what, options, message) => {
    expect(() => element(options as Parameters<typeof element>[0])).toThrow(message);
  });
});
