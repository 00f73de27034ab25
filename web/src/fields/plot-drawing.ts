import UPlot from "uplot";
import type { PlotValue } from "../../../src/client/index.ts";
import { barShare, placeNames, plotColumns, plotRows, tickText } from "./plot-rows.ts";

/** A diagram on the page. */
export interface PlotDrawing {
  /** Draws another in its place. */
  show(plot: PlotValue): void;
  remove(): void;
}

/** How high a diagram is, in CSS pixels. */
const HEIGHT = 220;
/** How many colors the style sheet has for series. */
const COLORS = 5;
/** How much room a name below the axis has at least, in CSS pixels. */
const NAME_WIDTH = 56;

/**
 * Draws a diagram with uPlot, as wide as its element and in the colors of the page's style sheet. This module is loaded
 * with the first diagram.
 */
export function drawPlot(element: HTMLElement, first: PlotValue): PlotDrawing {
  let plot = first;
  let drawn: UPlot | undefined;
  let drawnFrame = "";
  const draw = (wasRestyled: boolean): void => {
    const rows = plotRows(plot);
    // uPlot's own types want null for what its code takes as undefined: a place where a series has no point.
    const columns = plotColumns(plot, rows) as UPlot.AlignedData;
    const names = rows.isNamed ? placeNames(rows) : undefined;
    const frame = JSON.stringify([plot.kind, plot.xLabel, plot.yLabel, names, plot.series.map(({ name }) => name)]);
    if (drawn && frame === drawnFrame && !wasRestyled) {
      drawn.setData(columns); // What is under the pointer stays so while numbers stream in.
      return;
    }
    drawn?.destroy();
    drawn = new UPlot(optionsOf(plot, names, element), columns, element);
    drawnFrame = frame;
  };
  draw(true);
  const resizing = new ResizeObserver(() => drawn?.setSize({ width: widthOf(element), height: HEIGHT }));
  resizing.observe(element);
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  const restyle = (): void => draw(true);
  scheme.addEventListener("change", restyle);
  return {
    show: (next) => {
      plot = next;
      draw(false);
    },
    remove: () => {
      resizing.disconnect();
      scheme.removeEventListener("change", restyle);
      drawn?.destroy();
    },
  };
}

function optionsOf(
  plot: PlotValue,
  names: readonly (number | string)[] | undefined,
  element: HTMLElement,
): UPlot.Options {
  const { kind, series, xLabel, yLabel } = plot;
  const style = getComputedStyle(element);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const axis: UPlot.Axis = {
    stroke: color("--ink-soft"),
    grid: { stroke: color("--line"), width: 1 },
    ticks: { stroke: color("--line"), width: 1, size: 4 },
    font: `11px ${style.fontFamily}`,
    labelFont: `12px ${style.fontFamily}`,
    labelSize: 18,
  };
  return {
    width: widthOf(element),
    height: HEIGHT,
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, y: false },
    scales: {
      x: {
        time: false,
        range: (_drawn, low, high): [number, number] => (names ? [-0.5, names.length - 0.5] : apart(low, high)),
      },
      y: { range: (_drawn, low, high) => yRange(kind, low, high) },
    },
    axes: [
      {
        ...axis,
        ...(xLabel !== undefined && { label: xLabel }),
        size: 28,
        ...(names && {
          grid: { show: false },
          splits: () => everyFew(names.length, Math.max(1, Math.floor(widthOf(element) / NAME_WIDTH))),
          values: (_drawn: UPlot, at: number[]) => at.map((place) => nameText(names[place])),
        }),
        ...(!names && { values: (_drawn: UPlot, at: number[]) => at.map(tickText) }),
      },
      {
        ...axis,
        ...(yLabel !== undefined && { label: yLabel }),
        size: 44,
        values: (_drawn, at) => at.map(tickText),
      },
    ],
    series: [
      {},
      ...series.map(({ name }, index): UPlot.Series => {
        const stroke = color(`--series-${index % COLORS}`);
        const shared = { label: name ?? `Series ${index + 1}`, stroke };
        switch (kind) {
          case "line":
            return { ...shared, width: 2, spanGaps: true, points: { show: onlyPoint(series[index]?.y.length ?? 0) } };
          case "scatter":
            return { ...shared, paths: () => null, points: { show: true, size: 6, fill: stroke } };
          case "bar": {
            const paths = UPlot.paths.bars?.({ size: [barShare(plot), 80], gap: 1 });
            return { ...shared, width: 0, fill: stroke, points: { show: false }, ...(paths && { paths }) };
          }
        }
      }),
    ],
  };
}

/** A line of one point would not be seen. */
function onlyPoint(length: number): boolean {
  return length === 1;
}

/** Both ends of an axis, never the same. */
function apart(low: number | null, high: number | null): [number, number] {
  if (low === null || high === null) return [0, 1];
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

/** Room above and below the values; bars stand on 0. */
function yRange(kind: PlotValue["kind"], low: number | null, high: number | null): [number, number] {
  const [bottom, top] = kind === "bar" ? [Math.min(0, low ?? 0), Math.max(0, high ?? 1)] : apart(low, high);
  const room = (top - bottom || 1) * 0.08;
  return [kind === "bar" && bottom === 0 ? 0 : bottom - room, kind === "bar" && top === 0 ? 0 : top + room];
}

/** The places from 0 that get a name, so that `room` of them fit. */
function everyFew(count: number, room: number): number[] {
  const step = Math.ceil(count / room);
  return Array.from({ length: Math.ceil(count / step) }, (_, index) => index * step);
}

function nameText(name: number | string | undefined): string {
  if (typeof name === "number") return tickText(name);
  if (name === undefined) return "";
  return name.length > 10 ? `${name.slice(0, 9)}…` : name;
}

function widthOf(element: HTMLElement): number {
  return Math.max(80, element.clientWidth);
}
