import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec";
import { checkbox } from "./checkbox.ts";
import type { Component } from "./component.ts";
import { dropdown } from "./dropdown.ts";
import { json } from "./json.ts";
import { isJsonValue } from "./json-value.ts";
import { isNumberBetween } from "./number-between.ts";
import { number } from "./number.ts";
import { radio } from "./radio.ts";
import { slider } from "./slider.ts";
import { textbox } from "./textbox.ts";

/** How many choices stand side by side; more go into a list that opens. */
const MOST_IN_SIGHT = 4;

type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The component that a page shows for a schema: a checkbox, slider, number, textbox, radio or dropdown where the schema's JSON
 * Schema calls for one (Standard JSON Schema, which zod and ArkType offer), otherwise a field for JSON. It is only a
 * picture of the schema: values are still checked by the schema itself.
 */
export function componentForSchema(schema: StandardSchemaV1): Component {
  const described = jsonSchemaOf(schema);
  const label = firstText(described["title"], described["description"]);
  const options = label === undefined ? {} : { label };
  const { default: preset, minimum, maximum } = described;
  const choices = choicesOf(described);
  if (choices) return componentForChoices(options, choices, preset);
  switch (described["type"]) {
    case "boolean":
      return checkbox({ ...options, value: preset === true });
    case "integer":
    case "number":
      return componentForNumber(options, described, boundOf(minimum), boundOf(maximum));
    case "string":
      return textbox({
        ...options,
        value: typeof preset === "string" ? preset : "",
        ...textLimit(described["maxLength"]),
        ...(described["format"] === "email" && { type: "email" as const }),
      });
    case "array":
      return componentForList(options, described);
    default:
      return json({ ...options, value: isJsonValue(preset) ? preset : null });
  }
}

/** One of some: all in sight where they are few. */
function componentForChoices(
  options: { readonly label?: string },
  choices: readonly (string | number)[],
  preset: unknown,
): Component {
  const value = choices.find((choice) => choice === preset);
  const chosen = value === undefined ? {} : { value };
  if (choices.length <= MOST_IN_SIGHT) return radio({ ...options, choices, ...chosen });
  return dropdown({ ...options, choices, ...chosen });
}

/** Several of some where a list is made of these, otherwise a field for JSON. */
function componentForList(options: { readonly label?: string }, { items, default: preset }: JsonSchema): Component {
  const choices = typeof items === "object" && items !== null ? choicesOf({ ...items }) : undefined;
  if (!choices) return json({ ...options, value: isJsonValue(preset) ? preset : null });
  const value = Array.isArray(preset) ? choices.filter((choice) => preset.includes(choice)) : [];
  return dropdown({ ...options, choices, multiselect: true, value });
}

/** A slider where both ends are known, otherwise a number. */
function componentForNumber(
  options: { readonly label?: string },
  { type, multipleOf, default: preset }: JsonSchema,
  minimum: number | undefined,
  maximum: number | undefined,
): Component {
  const step = isNumberBetween(multipleOf, Number.MIN_VALUE, null) ? multipleOf : type === "integer" ? 1 : undefined;
  const isPreset = isNumberBetween(preset, minimum ?? null, maximum ?? null);
  const range = { ...options, ...(step === undefined ? {} : { step }), ...(isPreset ? { value: preset } : {}) };
  if (minimum !== undefined && maximum !== undefined && minimum <= maximum)
    return slider({ ...range, minimum, maximum });
  return number(range);
}

/** The JSON Schema of what a schema takes; empty when it has none or cannot say. */
function jsonSchemaOf(schema: StandardSchemaV1): JsonSchema {
  const { jsonSchema } = schema["~standard"] as Partial<StandardJSONSchemaV1.Props>;
  if (!jsonSchema) return {};
  try {
    return jsonSchema.input({ target: "draft-2020-12" });
  } catch {
    // The specification lets a schema throw what it cannot express; the field for JSON takes any value.
    return {};
  }
}

/** The values of a schema that lists them: texts and numbers only, each once. */
function choicesOf({ enum: values }: JsonSchema): readonly (string | number)[] | undefined {
  if (!Array.isArray(values) || values.length === 0) return undefined;
  const choices = values.filter(
    (value): value is string | number => typeof value === "string" || isNumberBetween(value, null, null),
  );
  return choices.length === values.length && new Set(choices).size === choices.length ? choices : undefined;
}

/** A bound that means something: schemas of integers carry those of JavaScript. */
function boundOf(value: unknown): number | undefined {
  return isNumberBetween(value, Number.MIN_SAFE_INTEGER + 1, Number.MAX_SAFE_INTEGER - 1) ? value : undefined;
}

function textLimit(value: unknown): { readonly maxLength?: number } {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? { maxLength: value } : {};
}

function firstText(...values: readonly unknown[]): string | undefined {
  return values.find((value): value is string => typeof value === "string" && value !== "");
}
