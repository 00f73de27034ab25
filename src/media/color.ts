import { FastRtcError } from "../errors.ts";

/**
 * A colour: `#rgb`, `#rgba`, `#rrggbb` or `#rrggbbaa` as in CSS, or red, green, blue and (optionally) alpha,
 * integers from 0 to 255. Alpha 0 is invisible, 255, the default, opaque.
 */
export type Color =
  | string
  | readonly [red: number, green: number, blue: number]
  | readonly [red: number, green: number, blue: number, alpha: number];

/** A colour taken apart: red, green, blue and alpha from 0 to 255. */
export interface Rgba {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  readonly alpha: number;
}

const HEX = /^#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i;

/** @throws {FastRtcError} `invalid_argument` for anything that is not a colour, with the name of the option. */
export function parseColor(color: Color, option: string): Rgba {
  if (typeof color === "string" && HEX.test(color)) {
    const digits = color.length <= 5 ? color.slice(1).replace(/./g, "$&$&") : color.slice(1);
    const [red, green, blue, alpha = 255] = (digits.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
    return { red: red as number, green: green as number, blue: blue as number, alpha };
  }
  if (Array.isArray(color) && (color.length === 3 || color.length === 4) && color.every(isByte)) {
    const [red, green, blue, alpha = 255] = color as readonly [number, number, number, number?];
    return { red, green, blue, alpha };
  }
  throw new FastRtcError(
    "invalid_argument",
    `${option} must be a colour such as "#7fee64", "#7fee6480" or [127, 238, 100, 128], but it is ${describe(color)}.`,
  );
}

function isByte(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 255;
}

function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  return Array.isArray(value) ? `[${value.slice(0, 6).join(", ")}]` : String(value);
}
