import { z } from "zod";
import { type ComponentOptions, checkOptions, commonOptions, describeCommon, nameOf } from "./component-options.ts";
import { type Component, defineComponent } from "./component.ts";
import type { LabelValue } from "./descriptor.ts";
import { isNumberBetween } from "./number-between.ts";
import { refusedValue } from "./refused-value.ts";

/** How many classes a value holds at most. */
const MAX_CLASSES = 10_000;

/** A class, or classes with their confidences from 0 to 1, or the value as the component keeps it. */
export type LabelInput = string | number | Readonly<Record<string, number>> | LabelValue | null;

export interface LabelOptions extends ComponentOptions {
  /** @default null, none */
  value?: LabelInput;
  /** How many classes are shown, at least 1. @default all */
  numTopClasses?: number;
}

const optionsSchema = z.strictObject({
  ...commonOptions,
  value: z.unknown().optional(),
  numTopClasses: z.int().min(1).optional(),
});

const labelValueSchema = z.object({
  label: z.string(),
  confidences: z.array(z.object({ label: z.string(), confidence: z.number().min(0).max(1) })).max(MAX_CLASSES),
});

/** The class that something was sorted into, or null for none. @throws {FastRtcError} `invalid_option` for a value that is none. */
export function label(options: LabelOptions = {}): Component<LabelValue | null, LabelInput> {
  const { value = null, numTopClasses = null, ...common } = checkOptions("label", optionsSchema, options);
  return defineComponent<LabelValue | null, LabelInput>(
    { type: "label", ...describeCommon(common), numTopClasses },
    value,
    (input) => {
      if (input === null) return null;
      const parsed = parseLabel(input);
      if (parsed) return parsed;
      const expected = "null, a text, a number or classes with their confidences from 0 to 1";
      throw refusedValue(nameOf("label", common), expected, input);
    },
  );
}

function parseLabel(value: unknown): LabelValue | undefined {
  if (typeof value === "string" || (typeof value === "number" && Number.isFinite(value))) {
    return { label: String(value), confidences: [] };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const kept = labelValueSchema.safeParse(value);
  return kept.success ? kept.data : sortClasses(Object.entries(value));
}

function sortClasses(entries: readonly (readonly [label: string, confidence: unknown])[]): LabelValue | undefined {
  const confidences: { readonly label: string; readonly confidence: number }[] = [];
  for (const [name, confidence] of entries) {
    if (!isNumberBetween(confidence, 0, 1)) return undefined;
    confidences.push({ label: name, confidence });
  }
  confidences.sort((left, right) => right.confidence - left.confidence);
  const [first] = confidences;
  return first && confidences.length <= MAX_CLASSES ? { label: first.label, confidences } : undefined;
}
