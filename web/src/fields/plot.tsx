import type { VNode } from "preact";
import type { PlotSeries, PlotValue } from "../../../src/client/index.ts";
import { type Scale, plotScale, tickText } from "./plot-scale.ts";

const WIDTH = 320;
const HEIGHT = 200;
const LEFT = 40;
const BOTTOM = 24;
const TOP = 8;
/** How many colors the style sheet has for series. */
const COLORS = 5;

/** A diagram of lines, bars or points. */
export function Plot({ plot }: { plot: PlotValue }): VNode {
  const { series, title, xLabel, yLabel, kind } = plot;
  const scale = plotScale(plot, { left: LEFT, right: WIDTH - 8, top: TOP, bottom: HEIGHT - BOTTOM });
  return (
    <figure class="plot">
      {title && <figcaption>{title}</figcaption>}
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={title ?? `${kind} diagram`}>
        {scale.yTicks.map((tick) => (
          <g key={tick} class="plot-tick">
            <line x1={LEFT} x2={WIDTH - 8} y1={scale.y(tick)} y2={scale.y(tick)} />
            <text x={LEFT - 6} y={scale.y(tick)} text-anchor="end" dominant-baseline="middle">
              {tickText(tick)}
            </text>
          </g>
        ))}
        {scale.xTicks.map(({ at, text }) => (
          <text key={at} class="plot-tick" x={at} y={HEIGHT - 8} text-anchor="middle">
            {text}
          </text>
        ))}
        {series.map((each, index) => (
          <g key={index} class="plot-series" data-color={index % COLORS}>
            {marks(kind, each, scale, { index, count: series.length })}
          </g>
        ))}
      </svg>
      {(xLabel ?? yLabel) && <p class="field-info">{[yLabel, xLabel].filter(Boolean).join(" over ")}</p>}
      {series.some(({ name }) => name) && (
        <ul class="plot-legend">
          {series.map(({ name }, index) => (
            <li key={index} data-color={index % COLORS}>
              {name ?? `Series ${index + 1}`}
            </li>
          ))}
        </ul>
      )}
    </figure>
  );
}

function marks(
  kind: PlotValue["kind"],
  { x, y }: PlotSeries,
  scale: Scale,
  { index, count }: { index: number; count: number },
): VNode | VNode[] {
  const points = y.map((value, at) => ({ px: scale.x(x[at] ?? at), py: scale.y(value) }));
  switch (kind) {
    case "line":
      return <polyline points={points.map(({ px, py }) => `${px},${py}`).join(" ")} />;
    case "scatter":
      return points.map(({ px, py }, at) => <circle key={at} cx={px} cy={py} r={3} />);
    case "bar": {
      const width = (scale.step * 0.8) / count;
      const base = scale.y(0);
      return points.map(({ px, py }, at) => (
        <rect
          key={at}
          x={px - scale.step * 0.4 + index * width}
          width={Math.max(1, width - 1)}
          y={Math.min(py, base)}
          height={Math.abs(py - base)}
        />
      ));
    }
  }
}
