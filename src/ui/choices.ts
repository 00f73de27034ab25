import { z } from "zod";
import type { ChoiceDescriptor } from "./descriptor.ts";
import { describeValue } from "./refused-value.ts";

export type ChoiceValue = string | number;

/** A value to choose, or a text that stands for it and the value. */
export type Choice<Value extends ChoiceValue> = Value | readonly [label: string, value: Value];

const valueSchema = z.union([z.string(), z.number()]);

/** Reads the choices of a component: at least one, each value once. */
export const choicesSchema = z
  .array(z.union([valueSchema, z.tuple([z.string(), valueSchema])], { error: "a text, a number, or [label, value]" }))
  .min(1)
  .transform((choices) =>
    choices.map((choice): ChoiceDescriptor => {
      const [label, value] = Array.isArray(choice) ? choice : [String(choice), choice];
      return { label, value };
    }),
  )
  .refine((choices) => new Set(choices.map(({ value }) => value)).size === choices.length, {
    error: "must not have the same value twice",
  });

/** Whether a value is one of the choices. */
export function isChoice(choices: readonly ChoiceDescriptor[], value: unknown): value is ChoiceValue {
  return choices.some((choice) => choice.value === value);
}

/** The choices in a sentence; of many the first ten. */
export function describeChoices(choices: readonly ChoiceDescriptor[]): string {
  const names = choices.slice(0, 10).map(({ value }) => describeValue(value));
  return `one of ${names.join(", ")}${choices.length > names.length ? " …" : ""}`;
}
