import { z } from "zod";
import { type ComponentOptions, checkOptions, commonOptions, describeCommon, nameOf } from "./component-options.ts";
import { type Component, defineComponent } from "./component.ts";
import { refusedValue } from "./refused-value.ts";

export interface ButtonOptions extends ComponentOptions {
  /** The text on it. */
  label: string;
  /** @default "secondary" */
  variant?: "primary" | "secondary" | "stop";
}

const optionsSchema = z.strictObject({
  ...commonOptions,
  label: z.string(),
  variant: z.enum(["primary", "secondary", "stop"]).default("secondary"),
});

/**
 * A button whose value is how many times it was pressed in this session: a handler that sees it grow knows of the press.
 * (Gradio's has its own text as its value, which tells a handler nothing.)
 * @throws {FastRtcError} `invalid_option` for options of the wrong type.
 */
export function button(options: ButtonOptions): Component<number> {
  const { variant, ...common } = checkOptions("button", optionsSchema, options);
  return defineComponent<number>({ type: "button", ...describeCommon(common), variant }, 0, (input) => {
    if (typeof input === "number" && Number.isSafeInteger(input) && input >= 0) return input;
    throw refusedValue(nameOf("button", common), "a number of presses: 0 or more", input);
  });
}
