import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { PlotValue } from "../../../src/client/index.ts";
import type { PlotDrawing } from "./plot-drawing.ts";
import { plotRows } from "./plot-rows.ts";

/** How many rows the table beside a diagram shows. */
const MAX_ROWS = 200;
/** How many colors the style sheet has for series. */
const COLORS = 5;

/** A diagram of lines, bars or points, and its numbers as a table for who wants or needs them. */
export function Plot({ plot }: { plot: PlotValue }): VNode {
  const { series, title, kind } = plot;
  return (
    <figure class="plot">
      {title && <figcaption>{title}</figcaption>}
      <Drawing plot={plot} />
      {series.some(({ name }) => name) && (
        <ul class="plot-legend">
          {series.map((one, index) => (
            <li key={index} data-color={index % COLORS}>
              {seriesName(one, index)}
            </li>
          ))}
        </ul>
      )}
      <Numbers plot={plot} name={title ?? `${kind} diagram`} />
    </figure>
  );
}

function Drawing({ plot }: { plot: PlotValue }): VNode {
  const element = useRef<HTMLDivElement>(null);
  const latest = useRef(plot);
  const drawing = useRef<PlotDrawing>(undefined);
  const [isMissing, setMissing] = useState(false);
  latest.current = plot;
  useEffect(() => drawing.current?.show(plot), [plot]);
  useEffect(() => {
    let isGone = false;
    import("./plot-drawing.ts").then(
      ({ drawPlot }) => {
        if (isGone || !element.current) return;
        drawing.current = drawPlot(element.current, latest.current);
      },
      () => setMissing(true),
    );
    return () => {
      isGone = true;
      drawing.current?.remove();
      drawing.current = undefined;
    };
  }, []);
  return (
    <>
      <div
        ref={element}
        class="plot-drawing"
        dir="ltr"
        role="img"
        aria-label={`${plot.title ?? `${plot.kind} diagram`}; its numbers follow as a table`}
      />
      {isMissing && <p class="field-info field-fault">The diagram could not be loaded. Its numbers are below.</p>}
    </>
  );
}

function Numbers({ plot, name }: { plot: PlotValue; name: string }): VNode {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="plot-numbers" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Numbers</summary>
      {isOpen && <NumbersTable plot={plot} name={name} />}
    </details>
  );
}

function NumbersTable({ plot: { kind, series, xLabel }, plot, name }: { plot: PlotValue; name: string }): VNode {
  const { rows } = plotRows(plot);
  const shown = rows.slice(0, MAX_ROWS);
  return (
    <>
      <div class="plot-table" role="region" aria-label={`Numbers of ${name}`} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{xLabel ?? (kind === "bar" ? "Name" : "x")}</th>
              {series.map((one, index) => (
                <th key={index} scope="col">
                  {seriesName(one, index)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map(({ x, values }, index) => (
              <tr key={index}>
                <th scope="row">{x}</th>
                {values.map((value, at) => (
                  <td key={at}>{value ?? ""}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > shown.length && (
        <p class="field-info">
          The first {MAX_ROWS} of {rows.length.toLocaleString("en")}.
        </p>
      )}
    </>
  );
}

function seriesName({ name }: { readonly name?: string }, index: number): string {
  return name ?? `Series ${index + 1}`;
}
