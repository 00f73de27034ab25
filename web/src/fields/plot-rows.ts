import type { PlotValue } from "../../../src/client/index.ts";

/** One place on the horizontal axis, and what each series has there. */
export interface PlotRow {
  readonly x: number | string;
  readonly values: readonly (number | undefined)[];
}

/** A diagram's numbers as a table has them. */
export interface PlotRows {
  /** Whether the places have names, in the order in which they were given; otherwise they are numbers and ascend. */
  readonly isNamed: boolean;
  readonly rows: readonly PlotRow[];
}

/** Columns of one length, as uPlot takes them: the places, then each series; undefined where it has nothing. */
export type PlotColumns = readonly [places: number[], ...series: (number | undefined)[][]];

/** How much of its place a group of bars takes. */
const BAR_SHARE = 0.8;

/** Brings the points of all series together by their places. A series with two points at a place has two rows there. */
export function plotRows({ kind, series }: PlotValue): PlotRows {
  const isNamed = kind === "bar" || series.some(({ x }) => x.some((place) => typeof place === "string"));
  const rowsAt = new Map<number | string, (number | undefined)[][]>();
  for (const [index, { x, y }] of series.entries()) {
    const countAt = new Map<number | string, number>();
    for (const [at, value] of y.entries()) {
      const place = x[at] ?? at;
      const nth = countAt.get(place) ?? 0;
      countAt.set(place, nth + 1);
      const rows = rowsAt.get(place) ?? [];
      rowsAt.set(place, rows);
      const row = rows[nth] ?? Array.from(series, () => undefined);
      rows[nth] = row;
      row[index] = value;
    }
  }
  const rows = [...rowsAt].flatMap(([x, all]) => all.map((values): PlotRow => ({ x, values })));
  return { isNamed, rows: isNamed ? rows : rows.toSorted((a, b) => Number(a.x) - Number(b.x)) };
}

/** The columns to draw. Names lie at 0, 1, 2 …; the bars of a place side by side around it. */
export function plotColumns({ kind, series }: PlotValue, { isNamed, rows }: PlotRows): PlotColumns {
  const places = namedPlaces(rows);
  const placeOf = ({ x }: PlotRow): number => (isNamed ? (places.get(x) ?? 0) : Number(x));
  if (kind !== "bar" || series.length < 2) {
    return [rows.map(placeOf), ...series.map((_, index) => rows.map(({ values }) => values[index]))];
  }
  const bars = rows.flatMap((row) =>
    series.map((_, index) => ({
      at: placeOf(row) + ((index + 0.5) / series.length - 0.5) * BAR_SHARE,
      index,
      value: row.values[index],
    })),
  );
  return [
    bars.map(({ at }) => at),
    ...series.map((_, index) => bars.map((bar) => (bar.index === index ? bar.value : undefined))),
  ];
}

/** The share of its place that one bar takes. */
export function barShare({ series }: PlotValue): number {
  return BAR_SHARE / Math.max(1, series.length);
}

/** The names of the places in their order. */
export function placeNames({ rows }: PlotRows): readonly (number | string)[] {
  return [...namedPlaces(rows).keys()];
}

function namedPlaces(rows: readonly PlotRow[]): ReadonlyMap<number | string, number> {
  const places = new Map<number | string, number>();
  for (const { x } of rows) if (!places.has(x)) places.set(x, places.size);
  return places;
}

/** A number as it stands beside an axis. */
export function tickText(value: number): string {
  return Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 4 }).format(value);
}
