import type { StandardSchemaV1 } from "@standard-schema/spec";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { chatbot } from "../../src/ui/chatbot.ts";
import { describeInputs, describeOutputs } from "../../src/ui/describe.ts";
import { number } from "../../src/ui/number.ts";
import { slider } from "../../src/ui/slider.ts";

const PDF_OR_PNG = ["application/pdf", "image/png"];
const common = { label: null, info: null, visible: true, interactive: null };

describe("the page's view of the inputs", () => {
  it("has each component as it was made", () => {
    const threshold = slider({ label: "Threshold" });
    expect(describeInputs([threshold])).toEqual([threshold.descriptor]);
  });

  it.each([
    [z.boolean().default(true), { type: "checkbox", value: true }],
    [z.number().min(0).max(1).default(0.3), { type: "slider", value: 0.3, minimum: 0, maximum: 1, step: null }],
    [z.int().min(1).max(5), { type: "slider", value: 1, minimum: 1, maximum: 5, step: 1 }],
    [z.number().min(0).max(10).multipleOf(2), { type: "slider", value: 0, minimum: 0, maximum: 10, step: 2 }],
    [z.number().min(1), { type: "number", value: null, minimum: null, maximum: null, step: null, precision: null }],
    [z.int(), { type: "number", value: null, minimum: null, maximum: null, step: 1, precision: null }],
    [z.number().min(0).max(1).default(7), { type: "slider", value: 0, minimum: 0, maximum: 1, step: null }],
    [
      z.string().max(80).default("hi"),
      { type: "textbox", value: "hi", lines: 1, maxLines: 20, placeholder: null, maxLength: 80, inputType: "text" },
    ],
    [
      z.enum(["flip", "mirror"]).default("mirror"),
      {
        type: "radio",
        value: "mirror",
        choices: [
          { label: "flip", value: "flip" },
          { label: "mirror", value: "mirror" },
        ],
      },
    ],
    [
      z.enum(["a", "b", "c", "d", "e"]),
      { type: "dropdown", value: null, choices: choicesOf("abcde"), multiselect: false, maxChoices: null },
    ],
    [
      z.array(z.enum(["a", "b"])).default(["b"]),
      { type: "dropdown", value: ["b"], choices: choicesOf("ab"), multiselect: true, maxChoices: null },
    ],
    [
      z.email(),
      { type: "textbox", value: "", lines: 1, maxLines: 20, placeholder: null, maxLength: null, inputType: "email" },
    ],
    [z.file().max(2000), { type: "file", value: null, fileCount: "single", fileTypes: null, maxBytes: 2000 }],
    [
      z.file().mime(["application/pdf", "image/png"]).nullable(),
      { type: "file", value: null, fileCount: "single", fileTypes: PDF_OR_PNG, maxBytes: 10_485_760 },
    ],
    [z.file().mime(["image/png", "image/jpeg"]), { type: "image", value: null, maxBytes: 10_485_760 }],
    [z.file().mime("audio/wav"), { type: "audio", value: null, maxBytes: 10_485_760, autoplay: false }],
    [z.union([z.file(), z.string()]), { type: "json", value: null }],
    [z.object({ a: z.number() }).default({ a: 1 }), { type: "json", value: { a: 1 } }],
    [z.array(z.string()), { type: "json", value: null }],
    // What zod itself cannot express in JSON Schema.
    [z.custom<Date>(), { type: "json", value: null }],
    [z.date(), { type: "json", value: null }],
    [
      schemaWith({ type: "number", minimum: 5, maximum: 1 }),
      { type: "number", value: null, minimum: null, maximum: null, step: null, precision: null },
    ],
    [
      schemaWith({ type: "string", default: 7, maxLength: -1 }),
      { type: "textbox", value: "", lines: 1, maxLines: 20, placeholder: null, maxLength: null, inputType: "text" },
    ],
    [schemaWith({ enum: ["a", "a"] }), { type: "json", value: null }],
    [schemaWith({ enum: [null, {}] }), { type: "json", value: null }],
    [schemaWith({ type: ["string", "null"] }), { type: "json", value: null }],
    [schemaWith(undefined), { type: "json", value: null }],
  ])("has the component that fits a schema (%#)", (schema, own) => {
    expect(describeInputs([schema])).toEqual([{ ...common, ...own }]);
  });

  it("takes a schema's title for the label, otherwise its description", () => {
    const schemas = [
      z.boolean().describe("Mirror it"),
      z.boolean().meta({ title: "Mirror", description: "Left is right" }),
    ];
    expect(describeInputs(schemas).map(({ label }) => label)).toEqual(["Mirror it", "Mirror"]);
  });

  it("is JSON", () => {
    const described = describeInputs([slider(), z.boolean(), chatbot()]);
    expect(JSON.parse(JSON.stringify(described))).toEqual(described);
  });
});

describe("the page's view of the outputs", () => {
  it("says which of them is an input as well", () => {
    const conversation = chatbot({ label: "Chat" });
    const count = number({ label: "Objects" });
    expect(describeOutputs([count, conversation], [slider(), conversation])).toEqual([
      { component: count.descriptor, inputIndex: null },
      { component: conversation.descriptor, inputIndex: 1 },
    ]);
  });

  it("needs no inputs", () => {
    expect(describeOutputs([z.string()])).toMatchObject([{ component: { type: "textbox" }, inputIndex: null }]);
  });
});

/** A schema of no library, with a JSON Schema that may be odd, or that it fails to give. */
function schemaWith(jsonSchema: Record<string, unknown> | undefined): StandardSchemaV1 {
  const give = (): Record<string, unknown> => {
    if (jsonSchema) return jsonSchema;
    throw new Error("cannot say");
  };
  const standard = {
    version: 1,
    vendor: "test",
    validate: (value: unknown) => ({ value }),
    jsonSchema: { input: give, output: give },
  } as const;
  return { "~standard": standard };
}

/** A choice for each letter. */
function choicesOf(letters: string): readonly { readonly label: string; readonly value: string }[] {
  return Array.from(letters, (letter) => ({ label: letter, value: letter }));
}
