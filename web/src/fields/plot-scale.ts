import type { PlotValue } from "../../../src/client/index.ts";

/** Where values lie in the drawing. */
export interface Scale {
  readonly x: (value: number | string) => number;
  readonly y: (value: number) => number;
  readonly yTicks: readonly number[];
  readonly xTicks: readonly { readonly at: number; readonly text: string }[];
  /** How far apart neighbours lie. */
  readonly step: number;
}

export interface PlotArea {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** How many names or numbers fit below a diagram. */
const MAX_X_TICKS = 6;

/** The scale by which all of a diagram's values fit into the area. Bars begin at 0. */
export function plotScale({ kind, series }: PlotValue, { left, right, top, bottom }: PlotArea): Scale {
  const all = series.flatMap(({ y }) => y);
  const yTicks = ticks(range(kind === "bar" ? [0, ...all] : all));
  const [low, high] = [yTicks[0] ?? 0, yTicks.at(-1) ?? 1];
  const y = (value: number): number => bottom - ((value - low) / (high - low)) * (bottom - top);

  const xs = series.flatMap((each): readonly (number | string)[] => each.x);
  const isNamed = kind === "bar" || xs.some((value) => typeof value === "string");
  if (isNamed) {
    const names = [...new Set(xs)];
    const step = (right - left) / Math.max(1, names.length);
    const x = (value: number | string): number => left + (names.indexOf(value) + 0.5) * step;
    const every = Math.ceil(names.length / MAX_X_TICKS);
    const xTicks = names
      .filter((_name, index) => index % every === 0)
      .map((name) => ({ at: x(name), text: shortened(typeof name === "number" ? tickText(name) : name) }));
    return { x, y, yTicks, xTicks, step };
  }
  const [first, last] = range(xs as readonly number[]);
  const x = (value: number | string): number => left + ((Number(value) - first) / (last - first)) * (right - left);
  const xTicks = [first, (first + last) / 2, last].map((value) => ({
    at: Math.min(right - 8, Math.max(left + 8, x(value))),
    text: tickText(value),
  }));
  return { x, y, yTicks, xTicks, step: right - left };
}

/** Round numbers, about four steps of them, that enclose the range. */
export function ticks([low, high]: readonly [number, number]): readonly number[] {
  const rough = (high - low) / 4;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = magnitude * ([1, 2, 5, 10].find((factor) => factor * magnitude >= rough) ?? 10);
  const begin = Math.floor(low / step);
  const end = Math.ceil(high / step);
  return Array.from({ length: end - begin + 1 }, (_, index) => (begin + index) * step);
}

/** A number as it stands beside an axis. */
export function tickText(value: number): string {
  return Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 4 }).format(value);
}

/** The lowest and the highest, never the same. Not Math.min(...), which has no room for 100,000 arguments. */
function range(values: readonly number[]): [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

function shortened(text: string): string {
  return text.length > 10 ? `${text.slice(0, 9)}…` : text;
}
