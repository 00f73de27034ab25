import { z } from "zod";
import { FastRtcError, toError } from "../errors.ts";
import { type ComponentOptions, checkOptions, describeCommon } from "./component-options.ts";
import { Component } from "./component.ts";

export interface StateOptions<Value> {
  /** What each session begins with: a copy, made with `structuredClone`, so that sessions never share it. */
  value: Value;
}

const optionsSchema = z.strictObject({ value: z.unknown().optional() });
const common: ComponentOptions = { visible: false };

/**
 * Something that the server remembers for a session and the page neither shows nor sends: the handler gets it as an
 * input, and as an output it is replaced. It takes every value unchecked, since only code of the server sets it.
 * @throws {FastRtcError} `invalid_option` for a value that cannot be copied, such as one with functions in it.
 */
export function state<Value>(options: StateOptions<Value>): Component<Value> {
  checkOptions("state", optionsSchema, options);
  const { value } = options;
  copy(value);
  return new Component<Value>({
    descriptor: Object.freeze({ type: "state", ...describeCommon(common), value: null } as const),
    initialValue: () => copy(value),
    parse: (input) => input as Value,
  });
}

function copy<Value>(value: Value): Value {
  try {
    return structuredClone(value);
  } catch (thrown) {
    const { message } = toError(thrown);
    throw new FastRtcError(
      "invalid_option",
      `state({...}) needs a value that can be copied for each session: ${message}`,
      {
        cause: thrown,
      },
    );
  }
}
