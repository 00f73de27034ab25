import { z } from "zod";
import { type ComponentOptions, checkOptions, commonOptions, describeCommon, nameOf } from "./component-options.ts";
import { type Component, defineComponent } from "./component.ts";
import type { PlotSeries, PlotValue } from "./descriptor.ts";
import { refusedValue } from "./refused-value.ts";

/** How many points all series of a diagram have together at most. */
const MAX_POINTS = 100_000;
/** How many series a diagram has at most. */
const MAX_SERIES = 20;

export interface PlotOptions extends ComponentOptions {
  /** @default null, none */
  value?: PlotValue | null;
}

const optionsSchema = z.strictObject({ ...commonOptions, value: z.unknown().optional() });

const seriesSchema = z.object({
  name: z.string().exactOptional(),
  x: z.union([z.array(z.number()), z.array(z.string())]),
  y: z.array(z.number()),
});

const plotSchema = z.object({
  kind: z.enum(["line", "bar", "scatter"]),
  series: z.array(seriesSchema).max(MAX_SERIES),
  title: z.string().exactOptional(),
  xLabel: z.string().exactOptional(),
  yLabel: z.string().exactOptional(),
});

/**
 * A diagram of lines, bars or points, or null for none. Unlike Gradio's, which takes figures of Python's plotting
 * libraries, it takes the numbers and the page draws them: at most 20 series and 100,000 points, lines from left to right.
 * @throws {FastRtcError} `invalid_option` for a value that is no diagram.
 */
export function plot(options: PlotOptions = {}): Component<PlotValue | null> {
  const { value = null, ...common } = checkOptions("plot", optionsSchema, options);
  return defineComponent<PlotValue | null>({ type: "plot", ...describeCommon(common) }, value, (input) => {
    if (input === null) return null;
    const parsed = plotSchema.safeParse(input);
    if (parsed.success && hasDrawableSeries(parsed.data.series)) return parsed.data;
    const expected =
      'null or { kind: "line" | "bar" | "scatter", series: [{ x, y }] } with x and y of the same length ' +
      `and at most ${MAX_SERIES} series and ${MAX_POINTS} points`;
    throw refusedValue(nameOf("plot", common), expected, input);
  });
}

function hasDrawableSeries(series: readonly PlotSeries[]): boolean {
  const pointCount = series.reduce((sum, { y }) => sum + y.length, 0);
  return pointCount <= MAX_POINTS && series.every(({ x, y }) => x.length === y.length);
}
