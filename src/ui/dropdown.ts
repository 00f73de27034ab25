import { z } from "zod";
import { type Choice, type ChoiceValue, choicesSchema, describeChoices, isChoice } from "./choices.ts";
import { type ComponentOptions, checkOptions, commonOptions, describeCommon, nameOf } from "./component-options.ts";
import { type Component, defineComponent } from "./component.ts";
import type { ChoiceDescriptor } from "./descriptor.ts";
import { refusedValue } from "./refused-value.ts";

export interface DropdownOptions<Value extends ChoiceValue> extends ComponentOptions {
  /** At least one, each value once. */
  choices: readonly Choice<Value>[];
  /** Whether several can be chosen; the value is a list then. @default false */
  multiselect?: boolean;
  /** With `multiselect` how many can be chosen, at least 1. @default all */
  maxChoices?: number;
  /** Without it nothing is chosen at first: the value is null then, or an empty list. */
  value?: NoInfer<Value> | null | readonly NoInfer<Value>[];
}

const optionsSchema = z
  .strictObject({
    ...commonOptions,
    choices: choicesSchema,
    multiselect: z.boolean().default(false),
    maxChoices: z.int().min(1).optional(),
    value: z.unknown().optional(),
  })
  .refine(({ multiselect, maxChoices }) => multiselect || maxChoices === undefined, {
    path: ["maxChoices"],
    error: "needs multiselect: true",
  });

/**
 * One or several of many values; one with a `value` to begin with is never null.
 * @throws {FastRtcError} `invalid_option` for no choices, a choice given twice, or a value that is none of them.
 */
export function dropdown<const Value extends ChoiceValue>(
  options: DropdownOptions<Value> & { multiselect: true; value?: readonly NoInfer<Value>[] },
): Component<readonly Value[]>;
export function dropdown<const Value extends ChoiceValue>(
  options: DropdownOptions<Value> & { multiselect?: false; value: NoInfer<Value> },
): Component<Value>;
export function dropdown<const Value extends ChoiceValue>(
  options: DropdownOptions<Value> & { multiselect?: false; value?: NoInfer<Value> | null },
): Component<Value | null>;
export function dropdown(
  options: DropdownOptions<ChoiceValue>,
): Component<ChoiceValue | null | readonly ChoiceValue[]> {
  const { choices, multiselect, maxChoices, value, ...common } = checkOptions("dropdown", optionsSchema, options);
  const name = nameOf("dropdown", common);
  const initial = value ?? (multiselect ? [] : null);
  const mayBeEmpty = initial === null;
  return defineComponent<ChoiceValue | null | readonly ChoiceValue[]>(
    { type: "dropdown", ...describeCommon(common), choices, multiselect, maxChoices: maxChoices ?? null },
    initial,
    (input) => {
      if (multiselect) return parseSeveral(name, choices, maxChoices ?? choices.length, input);
      if (isChoice(choices, input) || (input === null && mayBeEmpty)) return input;
      throw refusedValue(name, `${mayBeEmpty ? "null or " : ""}${describeChoices(choices)}`, input);
    },
  );
}

function parseSeveral(
  name: string,
  choices: readonly ChoiceDescriptor[],
  maxChoices: number,
  input: unknown,
): readonly ChoiceValue[] {
  const isFine =
    Array.isArray(input) &&
    input.length <= maxChoices &&
    new Set(input).size === input.length &&
    input.every((item): item is ChoiceValue => isChoice(choices, item));
  if (isFine) return input;
  throw refusedValue(name, `a list of at most ${maxChoices} different values, each ${describeChoices(choices)}`, input);
}
