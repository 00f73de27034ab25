import { z } from "zod";
import { type ComponentOptions, checkOptions, commonOptions, describeCommon, nameOf } from "./component-options.ts";
import { type Component, defineComponent } from "./component.ts";
import { refusedValue } from "./refused-value.ts";

export interface TextboxOptions extends ComponentOptions {
  /** How many lines are shown, at least 1. @default 1 */
  lines?: number;
  /** How many lines it grows to, at least `lines`. @default lines, and at least 20 */
  maxLines?: number;
  /** Stands in the box while it is empty. */
  placeholder?: string;
  /** Longest text, in UTF-16 code units, at least 1. @default none */
  maxLength?: number;
  /** What the box is for: a password is not shown. @default "text" */
  type?: "text" | "password" | "email";
  /** @default "" */
  value?: string;
}

const optionsSchema = z
  .strictObject({
    ...commonOptions,
    lines: z.int().min(1).default(1),
    maxLines: z.int().min(1).optional(),
    placeholder: z.string().optional(),
    maxLength: z.int().min(1).optional(),
    type: z.enum(["text", "password", "email"]).default("text"),
    value: z.unknown().optional(),
  })
  .refine(({ lines, maxLines = lines }) => lines <= maxLines, { path: ["lines"], error: "must not be above maxLines" });

/** A text. @throws {FastRtcError} `invalid_option` for options that do not fit together. */
export function textbox(options: TextboxOptions = {}): Component<string> {
  const {
    lines,
    maxLines = Math.max(lines, 20),
    placeholder = null,
    maxLength = null,
    type: inputType,
    value = "",
    ...common
  } = checkOptions("textbox", optionsSchema, options);
  return defineComponent<string>(
    { type: "textbox", ...describeCommon(common), lines, maxLines, placeholder, maxLength, inputType },
    value,
    (input) => {
      if (typeof input === "string" && input.length <= (maxLength ?? Infinity)) return input;
      const bound = maxLength === null ? "" : ` of at most ${maxLength} characters`;
      throw refusedValue(nameOf("textbox", common), `a text${bound}`, input);
    },
  );
}
