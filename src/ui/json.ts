import { z } from "zod";
import { type ComponentOptions, checkOptions, commonOptions, describeCommon, nameOf } from "./component-options.ts";
import { type Component, defineComponent } from "./component.ts";
import { type JsonValue, isJsonValue } from "./json-value.ts";
import { refusedValue } from "./refused-value.ts";

export interface JsonOptions extends ComponentOptions {
  /** @default null */
  value?: JsonValue;
}

const optionsSchema = z.strictObject({ ...commonOptions, value: z.unknown().optional() });

/** Anything that JSON can hold, up to 64 levels deep. @throws {FastRtcError} `invalid_option` for a value that it cannot. */
export function json(options: JsonOptions = {}): Component<JsonValue> {
  const { value = null, ...common } = checkOptions("json", optionsSchema, options);
  return defineComponent<JsonValue>({ type: "json", ...describeCommon(common) }, value, (input) => {
    if (isJsonValue(input)) return input;
    throw refusedValue(nameOf("json", common), "a value that JSON can hold, at most 64 levels deep", input);
  });
}
