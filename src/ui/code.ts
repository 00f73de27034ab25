import { z } from "zod";
import { type ComponentOptions, checkOptions, commonOptions, describeCommon, nameOf } from "./component-options.ts";
import { type Component, defineComponent } from "./component.ts";
import { refusedValue } from "./refused-value.ts";

export interface CodeOptions extends ComponentOptions {
  /** Such as "typescript", in lower case. @default none, plain text */
  language?: string;
  /** How many lines are shown at least. @default 5 */
  lines?: number;
  /** @default "" */
  value?: string;
}

const optionsSchema = z.strictObject({
  ...commonOptions,
  language: z.string().min(1).optional(),
  lines: z.int().min(1).default(5),
  value: z.unknown().optional(),
});

/** Source code. @throws {FastRtcError} `invalid_option` for options of the wrong type. */
export function code(options: CodeOptions = {}): Component<string> {
  const { language = null, lines, value = "", ...common } = checkOptions("code", optionsSchema, options);
  return defineComponent<string>({ type: "code", ...describeCommon(common), language, lines }, value, (input) => {
    if (typeof input === "string") return input;
    throw refusedValue(nameOf("code", common), "a text", input);
  });
}
