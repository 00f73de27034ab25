import { z } from "zod";
import { type ComponentOptions, checkOptions, commonOptions, describeCommon, nameOf } from "./component-options.ts";
import { type Component, defineComponent } from "./component.ts";
import { refusedValue } from "./refused-value.ts";

export interface MarkdownOptions extends ComponentOptions {
  /** @default "" */
  value?: string;
}

const optionsSchema = z.strictObject({ ...commonOptions, value: z.unknown().optional() });

/** Markdown that the page shows formatted. @throws {FastRtcError} `invalid_option` for options of the wrong type. */
export function markdown(options: MarkdownOptions = {}): Component<string> {
  const { value = "", ...common } = checkOptions("markdown", optionsSchema, options);
  return defineComponent<string>({ type: "markdown", ...describeCommon(common) }, value, (input) => {
    if (typeof input === "string") return input;
    throw refusedValue(nameOf("markdown", common), "a text", input);
  });
}
