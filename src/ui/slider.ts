import { z } from "zod";
import { type ComponentOptions, checkOptions, commonOptions, describeCommon, nameOf } from "./component-options.ts";
import { type Component, defineComponent } from "./component.ts";
import { isNumberBetween } from "./number-between.ts";
import { refusedValue } from "./refused-value.ts";

export interface SliderOptions extends ComponentOptions {
  /** Inclusive. @default 0 */
  minimum?: number;
  /** Inclusive. @default 100 */
  maximum?: number;
  /** How far apart the values are that the page offers, above 0; values set by code may lie between. @default none */
  step?: number;
  /** @default minimum */
  value?: number;
}

const optionsSchema = z
  .strictObject({
    ...commonOptions,
    minimum: z.number().default(0),
    maximum: z.number().default(100),
    step: z.number().positive().optional(),
    value: z.unknown().optional(),
  })
  .refine(({ minimum, maximum }) => minimum <= maximum, { path: ["minimum"], error: "must not be above maximum" });

/** A number from a range. @throws {FastRtcError} `invalid_option` for options that do not fit together. */
export function slider(options: SliderOptions = {}): Component<number> {
  const { minimum, maximum, step = null, value = minimum, ...common } = checkOptions("slider", optionsSchema, options);
  return defineComponent<number>(
    { type: "slider", ...describeCommon(common), minimum, maximum, step },
    value,
    (input) => {
      if (isNumberBetween(input, minimum, maximum)) return input;
      throw refusedValue(nameOf("slider", common), `a number from ${minimum} to ${maximum}`, input);
    },
  );
}
