import type { StandardSchemaV1 } from "@standard-schema/spec";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defaultInputs, parseInputs, parseVisitorInputs } from "../../src/ui/additional-input.ts";
import { parseOutputs } from "../../src/ui/additional-output.ts";
import { checkbox } from "../../src/ui/checkbox.ts";
import { number } from "../../src/ui/number.ts";
import { slider } from "../../src/ui/slider.ts";
import { state } from "../../src/ui/state.ts";
import { textbox } from "../../src/ui/textbox.ts";

const threshold = slider({ label: "Threshold", minimum: 0, maximum: 1, value: 0.3 });

describe("a file that a visitor sends to a schema of files", () => {
  const sent = { url: "data:text/plain;base64,aGk=", name: "a.txt", mimeType: "text/plain" };

  it("arrives as the File that it was", async () => {
    const [got] = await parseVisitorInputs([z.file().mime("text/plain")], [sent], undefined);
    expect(got).toBeInstanceOf(File);
    expect([got.name, got.type, await got.text()]).toEqual(["a.txt", "text/plain", "hi"]);
  });

  it.each([
    ["of another type", { ...sent, url: "data:image/png;base64,aGk=" }, /Invalid/],
    ["that is no base64", { ...sent, url: "data:text/plain;base64,%" }, /expected file/],
    ["that lies elsewhere", { ...sent, url: "https://example.com/a.txt" }, /expected file/],
    ["that is none", null, /expected file/],
  ])("is refused by the schema when it is one %s", (_what, value, message) => {
    expect(messageOf(() => parseVisitorInputs([z.file().mime("text/plain")], [value], undefined))).toMatch(message);
  });

  it("stays as it is for any other schema", () => {
    const schema = z.object({ url: z.string() });
    expect(parseVisitorInputs([schema, z.custom<unknown>()], [sent, sent], undefined)).toEqual([
      { url: sent.url },
      sent,
    ]);
  });
});

describe("inputs that are set", () => {
  it("are checked at once when every schema can", () => {
    const parsed = parseInputs([threshold, z.boolean(), z.string().transform(Number)], [0.5, true, "42"]);
    expect(parsed).toEqual([0.5, true, 42]);
  });

  it("are a promise when a schema takes its time", async () => {
    const parsed = parseInputs([threshold, laterUpperCase()], [0.5, "a"]);
    expect(parsed).toBeInstanceOf(Promise);
    expect(await parsed).toEqual([0.5, "A"]);
  });

  it("are refused with a line for each value at fault", () => {
    const inputs = [threshold, z.object({ box: z.array(z.number()) }), checkbox()] as const;
    expect(messageOf(() => parseInputs(inputs, [7, { box: [1, "x"] }, true]))).toBe(
      'Additional input 1: "Threshold" must be a number from 0 to 1, not 7.\n' +
        "Additional input 2 at box.1: Invalid input: expected number, received string",
    );
  });

  it("are refused in the words of a schema whose lists are of a kind of their own, as ArkType's are", () => {
    class List<T> extends Array<T> {
      constructor(...items: T[]) {
        super();
        this.push(...items);
      }
    }
    const schema = schemaOf(() => ({ issues: new List({ message: "must be a number", path: new List<string>() }) }));
    expect(messageOf(() => parseInputs([schema], ["x"]))).toBe("Additional input 1: must be a number");
  });

  it("are refused by a promise when a schema takes its time", async () => {
    await expect(parseInputs([threshold, laterUpperCase()], [7, "a"])).rejects.toMatchObject({
      code: "invalid_argument",
    });
  });

  it.each([
    [[], "There are 2 additional inputs, but 0 values were given. Give one for each."],
    [[1, true, 3], "There are 2 additional inputs, but 3 values were given. Give one for each."],
  ])("are refused when they are %j, since there are two", (values, message) => {
    expect(messageOf(() => parseInputs([threshold, checkbox()], values))).toBe(message);
  });

  it("pass on what a schema throws instead of reporting it, also beside one that takes its time", async () => {
    const throwing = z.string().refine(() => {
      throw new Error("a bug in the schema");
    });
    await expect(parseInputs([throwing], ["a"])).rejects.toThrow("a bug in the schema");
    await expect(parseInputs([laterUpperCase(), throwing, laterUpperCase()], [7, "a", 7])).rejects.toThrow(
      "a bug in the schema",
    );
  });
});

describe("inputs that a visitor sends", () => {
  const inputs = [threshold, state({ value: { turns: 0 } })] as const;

  it("leave the state alone", () => {
    expect(parseVisitorInputs(inputs, [0.5, { turns: 1_000 }], [0.1, { turns: 3 }])).toEqual([0.5, { turns: 3 }]);
  });

  it("begin with the first state when there are no inputs yet", () => {
    expect(parseVisitorInputs(inputs, [0.5, null], undefined)).toEqual([0.5, { turns: 0 }]);
  });

  it("are checked like those of the server", () => {
    expect(() => parseVisitorInputs(inputs, [2, null], undefined)).toThrow(
      expect.objectContaining({ code: "invalid_argument" }),
    );
    expect(() => parseVisitorInputs(inputs, [1], undefined)).toThrow(
      expect.objectContaining({ code: "invalid_argument" }),
    );
  });
});

describe("inputs that nobody has set", () => {
  it("are the first values of components and the defaults of schemas", () => {
    expect(defaultInputs([threshold, z.boolean().default(true), z.string().optional(), number()])).toEqual([
      0.3,
      true,
      undefined,
      null,
    ]);
  });

  it("do not exist as long as one schema has no default", () => {
    expect(defaultInputs([threshold, z.boolean()])).toBeUndefined();
  });

  it("are a promise when a schema takes its time", async () => {
    expect(await defaultInputs([threshold, laterUpperCase()])).toBeUndefined();
  });

  it("are none when none are declared", () => {
    expect(defaultInputs([])).toEqual([]);
    expect(parseInputs([], [])).toEqual([]);
  });
});

describe("outputs", () => {
  it("are checked before they are shown", () => {
    expect(parseOutputs([number({ label: "Objects" }), textbox()], [3, "cup"])).toEqual([3, "cup"]);
    expect(messageOf(() => parseOutputs([number({ label: "Objects" })], ["three"]))).toBe(
      'Additional output 1: "Objects" must be null or a number, not "three".',
    );
  });
});

/** A schema whose check needs a moment. */
function laterUpperCase(): StandardSchemaV1<unknown, string> {
  return schemaOf((value) =>
    Promise.resolve(
      typeof value === "string" ? { value: value.toUpperCase() } : { issues: [{ message: "not a text" }] },
    ),
  );
}

/** A schema of no library. */
function schemaOf<T>(validate: StandardSchemaV1.Props<unknown, T>["validate"]): StandardSchemaV1<unknown, T> {
  return { "~standard": { version: 1, vendor: "test", validate } };
}

function messageOf(act: () => unknown): string {
  try {
    act();
    return "no error";
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}
