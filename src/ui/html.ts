import { z } from "zod";
import { type ComponentOptions, checkOptions, commonOptions, describeCommon, nameOf } from "./component-options.ts";
import { type Component, defineComponent } from "./component.ts";
import { refusedValue } from "./refused-value.ts";

export interface HtmlOptions extends ComponentOptions {
  /** @default "" */
  value?: string;
}

const optionsSchema = z.strictObject({ ...commonOptions, value: z.unknown().optional() });

/** HTML that the page shows as it is: text of others in it must have been escaped. @throws {FastRtcError} `invalid_option` for options of the wrong type. */
export function html(options: HtmlOptions = {}): Component<string> {
  const { value = "", ...common } = checkOptions("html", optionsSchema, options);
  return defineComponent<string>({ type: "html", ...describeCommon(common) }, value, (input) => {
    if (typeof input === "string") return input;
    throw refusedValue(nameOf("html", common), "a text", input);
  });
}
