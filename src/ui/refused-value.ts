import { FastRtcError } from "../errors.ts";

/** How much of a value stands in a sentence about it. */
const QUOTED_LENGTH = 40;

/** The error for a value that a component cannot take: names the component, what it wants and what it got. */
export function refusedValue(name: string, expected: string, value: unknown): FastRtcError {
  return new FastRtcError("invalid_argument", `${name} must be ${expected}, not ${describeValue(value)}.`);
}

/** A value in a few words. */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value.length > QUOTED_LENGTH ? `${value.slice(0, QUOTED_LENGTH)}…` : value);
    case "number":
    case "boolean":
    case "bigint":
      return String(value);
    case "undefined":
      return "nothing";
    case "object":
      if (value === null) return "null";
      return Array.isArray(value) ? `a list of ${value.length}` : "an object";
    case "function":
    case "symbol":
      return `a ${typeof value}`;
  }
}
