import type { StandardSchemaV1 } from "@standard-schema/spec";
import { FastRtcError } from "../errors.ts";
import type { ComponentDescriptor } from "./descriptor.ts";
import { frozenCopy } from "./json-value.ts";

export interface ComponentInit<T> {
  readonly descriptor: ComponentDescriptor;
  /** Called once for each session. */
  readonly initialValue: () => T;
  /** @throws {FastRtcError} `invalid_argument` for values that it cannot take. */
  readonly parse: (value: unknown) => T;
}

/**
 * An input or output beside the stream: what the page shows, which values it takes, and with which it begins. Made by
 * `slider()`, `textbox()` and the other functions of their kind, it never changes. `Accepted` is what may be set,
 * `Value` what comes of it.
 *
 * It is a Standard Schema as well, so it also validates the body of a route wherever such schemas are taken.
 */
export class Component<out Value = unknown, out Accepted = Value> implements StandardSchemaV1<Accepted, Value> {
  /** What the page is told. */
  readonly descriptor: ComponentDescriptor;
  /** Standard Schema's door to `parse`. */
  readonly "~standard": StandardSchemaV1.Props<Accepted, Value>;
  readonly #initialValue: () => Value;
  readonly #parse: (value: unknown) => Value;

  /** For the functions that make components. */
  constructor({ descriptor, initialValue, parse }: ComponentInit<Value>) {
    this.descriptor = descriptor;
    this.#initialValue = initialValue;
    this.#parse = parse;
    this["~standard"] = { version: 1, vendor: "fastrtc", validate: (value) => validate(parse, value) };
    Object.freeze(this);
  }

  /** The value that a session begins with. */
  get initialValue(): Value {
    return this.#initialValue();
  }

  /** Checks a value. @throws {FastRtcError} `invalid_argument` with what the component takes and what it got. */
  parse(value: unknown): Value {
    return this.#parse(value);
  }

  /** The descriptor, for `JSON.stringify`. */
  toJSON(): ComponentDescriptor {
    return this.descriptor;
  }
}

/**
 * Makes a component whose first value is part of its descriptor.
 * @throws {FastRtcError} `invalid_option` when the component cannot take that value itself.
 */
export function defineComponent<Value, Accepted = Value>(
  descriptor: WithoutValue<ComponentDescriptor>,
  value: unknown,
  parse: (value: unknown) => Value,
): Component<Value, Accepted> {
  const initialValue = frozenCopy(parseOption(descriptor.type, value, parse));
  return new Component<Value, Accepted>({
    // Each caller's parse makes the values of its own descriptor, which no type can say for all of them at once.
    descriptor: frozenCopy({ ...descriptor, value: initialValue }) as unknown as ComponentDescriptor,
    initialValue: () => initialValue,
    parse,
  });
}

type WithoutValue<Descriptor> = Descriptor extends unknown ? Omit<Descriptor, "value"> : never;

function parseOption<Value>(type: string, value: unknown, parse: (value: unknown) => Value): Value {
  try {
    return parse(value);
  } catch (thrown) {
    if (!(thrown instanceof FastRtcError)) throw thrown;
    throw new FastRtcError("invalid_option", `${type}({...}) cannot begin with this value: ${thrown.message}`, {
      cause: thrown,
    });
  }
}

function validate<Value>(parse: (value: unknown) => Value, value: unknown): StandardSchemaV1.Result<Value> {
  try {
    return { value: parse(value) };
  } catch (thrown) {
    if (!(thrown instanceof FastRtcError)) throw thrown;
    return { issues: [{ message: thrown.message }] };
  }
}
