import { z } from "zod";
import { type Choice, type ChoiceValue, choicesSchema, describeChoices, isChoice } from "./choices.ts";
import { type ComponentOptions, checkOptions, commonOptions, describeCommon, nameOf } from "./component-options.ts";
import { type Component, defineComponent } from "./component.ts";
import { refusedValue } from "./refused-value.ts";

export interface RadioOptions<Value extends ChoiceValue> extends ComponentOptions {
  /** At least one, each value once. */
  choices: readonly Choice<Value>[];
  /** Without it nothing is chosen at first: the value is null then. */
  value?: NoInfer<Value> | null;
}

const optionsSchema = z.strictObject({ ...commonOptions, choices: choicesSchema, value: z.unknown().optional() });

/**
 * One of a few values, all in sight; with a `value` to begin with it is never null.
 * @throws {FastRtcError} `invalid_option` for no choices, a choice given twice, or a value that is none of them.
 */
export function radio<const Value extends ChoiceValue>(
  options: RadioOptions<Value> & { value: NoInfer<Value> },
): Component<Value>;
export function radio<const Value extends ChoiceValue>(options: RadioOptions<Value>): Component<Value | null>;
export function radio(options: RadioOptions<ChoiceValue>): Component<ChoiceValue | null> {
  const { choices, value = null, ...common } = checkOptions("radio", optionsSchema, options);
  const mayBeEmpty = value === null;
  return defineComponent<ChoiceValue | null>({ type: "radio", ...describeCommon(common), choices }, value, (input) => {
    if (isChoice(choices, input) || (input === null && mayBeEmpty)) return input;
    throw refusedValue(nameOf("radio", common), `${mayBeEmpty ? "null or " : ""}${describeChoices(choices)}`, input);
  });
}
