import { z } from "zod";
import { type ComponentOptions, checkOptions, commonOptions, describeCommon, nameOf } from "./component-options.ts";
import { type Component, defineComponent } from "./component.ts";
import { isNumberBetween } from "./number-between.ts";
import { refusedValue } from "./refused-value.ts";

export interface NumberOptions extends ComponentOptions {
  /** Inclusive. @default none */
  minimum?: number;
  /** Inclusive. @default none */
  maximum?: number;
  /** How far one press of the arrows goes, above 0. @default 1 */
  step?: number;
  /** Digits after the point that values are rounded to, from 0 to 15. @default none, as many as there are */
  precision?: number;
  /** Without it the field begins empty, and may be left so: its value is null then. */
  value?: number | null;
}

const optionsSchema = z
  .strictObject({
    ...commonOptions,
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    step: z.number().positive().optional(),
    precision: z.int().min(0).max(15).optional(),
    value: z.unknown().optional(),
  })
  .refine(({ minimum = -Infinity, maximum = Infinity }) => minimum <= maximum, {
    path: ["minimum"],
    error: "must not be above maximum",
  });

/** A number; with a `value` to begin with it is never null. @throws {FastRtcError} `invalid_option` for options that do not fit together. */
export function number(options: NumberOptions & { value: number }): Component<number>;
export function number(options?: NumberOptions): Component<number | null>;
export function number(options: NumberOptions = {}): Component<number | null> {
  const {
    minimum = null,
    maximum = null,
    step = null,
    precision = null,
    value = null,
    ...common
  } = checkOptions("number", optionsSchema, options);
  const mayBeEmpty = value === null;
  const expected = `${mayBeEmpty ? "null or " : ""}a number${describeRange(minimum, maximum)}`;
  return defineComponent<number | null>(
    { type: "number", ...describeCommon(common), minimum, maximum, step, precision },
    value,
    (input) => {
      if (input === null && mayBeEmpty) return null;
      if (isNumberBetween(input, minimum, maximum))
        return precision === null ? input : Number(input.toFixed(precision));
      throw refusedValue(nameOf("number", common), expected, input);
    },
  );
}

function describeRange(minimum: number | null, maximum: number | null): string {
  if (minimum !== null && maximum !== null) return ` from ${minimum} to ${maximum}`;
  if (minimum !== null) return ` of at least ${minimum}`;
  return maximum === null ? "" : ` of at most ${maximum}`;
}
