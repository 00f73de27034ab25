import { z } from "zod";
import { type ComponentOptions, checkOptions, commonOptions, describeCommon, nameOf } from "./component-options.ts";
import { type Component, defineComponent } from "./component.ts";
import { refusedValue } from "./refused-value.ts";

export interface CheckboxOptions extends ComponentOptions {
  /** @default false */
  value?: boolean;
}

const optionsSchema = z.strictObject({ ...commonOptions, value: z.unknown().optional() });

/** Yes or no. @throws {FastRtcError} `invalid_option` for options of the wrong type. */
export function checkbox(options: CheckboxOptions = {}): Component<boolean> {
  const { value = false, ...common } = checkOptions("checkbox", optionsSchema, options);
  return defineComponent<boolean>({ type: "checkbox", ...describeCommon(common) }, value, (input) => {
    if (typeof input === "boolean") return input;
    throw refusedValue(nameOf("checkbox", common), "true or false", input);
  });
}
