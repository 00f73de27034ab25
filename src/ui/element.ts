import type { StandardSchemaV1 } from "@standard-schema/spec";
import { z } from "zod";
import { FastRtcError } from "../errors.ts";
import { type ComponentOptions, checkOptions, commonOptions, describeCommon, nameOf } from "./component-options.ts";
import { type Component, defineComponent } from "./component.ts";
import { isJsonValue, type JsonValue } from "./json-value.ts";
import { refusedValue } from "./refused-value.ts";

export interface ElementOptions extends ComponentOptions {
  /** The name of the custom element, which a module of `uiArgs.modules` defines: lower case, with a hyphen, such as "color-wheel". */
  tag: string;
  /** What it begins with. */
  value: JsonValue;
  /** What else the element is told, as its property `options`. @default null */
  options?: JsonValue;
}

const json = z.custom<JsonValue>(isJsonValue, { error: "a value that JSON has" });
const optionsSchema = z.strictObject({
  ...commonOptions,
  tag: z
    .string()
    .regex(/^[a-z][a-z\d._]*-[a-z\d._-]*$/, { error: 'the name of a custom element, such as "color-wheel"' }),
  value: json,
  options: json.default(null),
  schema: z.custom<StandardSchemaV1>(isStandardSchema, { error: "a Standard Schema" }).optional(),
});

/**
 * An input or output that a custom element of your own shows. The element gets the value as its property `value`, and `label`,
 * `options` and `interactive` before it; where it is an input it fires `input` when its `value` has changed. What comes is checked by
 * `schema`, which has to answer at once; without one it may be any JSON.
 * @throws {FastRtcError} `invalid_option` for a name that no custom element can have, or a value that the schema refuses.
 */
export function element<Value extends JsonValue>(
  options: ElementOptions & { value: NoInfer<Value>; schema: StandardSchemaV1<unknown, Value> },
): Component<Value>;
export function element(options: ElementOptions): Component<JsonValue>;
export function element(options: ElementOptions & { schema?: StandardSchemaV1 }): Component<JsonValue> {
  const { tag, value, options: told, schema, ...common } = checkOptions("element", optionsSchema, options);
  const name = nameOf("element", common);
  return defineComponent<JsonValue>(
    { type: "element", ...describeCommon(common), tag, options: told },
    value,
    (input) => {
      const checked = schema ? asked(name, schema, input) : input;
      if (isJsonValue(checked)) return checked;
      throw refusedValue(name, "a value that JSON has", checked);
    },
  );
}

function asked(name: string, schema: StandardSchemaV1, input: unknown): unknown {
  const result = schema["~standard"].validate(input);
  if (result instanceof Promise) {
    result.catch(() => {}); // Nobody waits for it.
    throw new FastRtcError("invalid_argument", `${name} needs a schema that answers at once, not by a promise.`);
  }
  if (!result.issues) return result.value;
  throw new FastRtcError("invalid_argument", `${name}: ${result.issues.map(({ message }) => message).join("; ")}`);
}

function isStandardSchema(value: unknown): boolean {
  return (typeof value === "object" || typeof value === "function") && value !== null && "~standard" in value;
}
