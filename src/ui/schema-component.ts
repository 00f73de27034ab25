import type { StandardSchemaV1 } from "@standard-schema/spec";
import { audio } from "./audio.ts";
import { checkbox } from "./checkbox.ts";
import type { Component } from "./component.ts";
import { dropdown } from "./dropdown.ts";
import { file } from "./file.ts";
import { image } from "./image.ts";
import { type JsonSchema, jsonSchemaOf } from "./json-schema.ts";
import { json } from "./json.ts";
import { isJsonValue } from "./json-value.ts";
import { isNumberBetween } from "./number-between.ts";
import { number } from "./number.ts";
import { radio } from "./radio.ts";
import { type SchemaFile, schemaFileOf } from "./schema-file.ts";
import { slider } from "./slider.ts";
import { textbox } from "./textbox.ts";

/** How many choices stand side by side; more go into a list that opens. */
const MOST_IN_SIGHT = 4;

/**
 * The component that a page shows for a schema: a checkbox, slider, number, textbox, radio, dropdown or a field for a file where the
 * schema's JSON Schema calls for one (Standard JSON Schema, which zod and ArkType offer), otherwise a field for JSON. It is only
 * a picture of the schema: values are still checked by the schema itself.
 */
export function componentForSchema(schema: StandardSchemaV1): Component {
  const described = jsonSchemaOf(schema);
  const label = firstText(described["title"], described["description"]);
  const options = label === undefined ? {} : { label };
  const { default: preset, minimum, maximum } = described;
  const choices = choicesOf(described);
  if (choices) return componentForChoices(options, choices, preset);
  const wanted = schemaFileOf(described);
  if (wanted) return componentForFile(options, wanted);
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

/** A picture or a sound where only those fit, otherwise a document. */
function componentForFile(options: { readonly label?: string }, { mediaTypes, maxBytes }: SchemaFile): Component {
  const limits = { ...options, ...(maxBytes !== undefined && { maxBytes }) };
  const isAll = (kind: string): boolean =>
    mediaTypes.length > 0 && mediaTypes.every((type) => type.startsWith(`${kind}/`));
  if (isAll("image")) return image(limits);
  if (isAll("audio")) return audio(limits);
  return file({ ...limits, ...(mediaTypes.length > 0 && { fileTypes: mediaTypes }) });
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
