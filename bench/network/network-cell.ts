import type { NetworkConditions } from "./network-conditions.ts";

/** One network of the table, the same in both directions. */
export interface NetworkCell {
  /** As `--cells` names it: loss in per cent, round trip in milliseconds, rate in kbit/s, such as `5/150/2000`. */
  readonly name: string;
  readonly lossPercent: number;
  readonly roundTripMs: number;
  /** The rate in kbit/s, or several that follow each other. */
  readonly ratesKbps: readonly number[];
}

const LOSSES = [0, 1, 5, 10, 20];
const ROUND_TRIPS_MS = [20, 150];
const RATES_KBPS = [300, 2000];
/** What `step` stands for: the link narrows, and widens again. */
const STEP_KBPS = [2000, 300, 2000];

/** Every cell, those with steps last. */
export const ALL_CELLS: readonly string[] = [
  ...LOSSES.flatMap((loss) => ROUND_TRIPS_MS.flatMap((ms) => RATES_KBPS.map((rate) => `${loss}/${ms}/${rate}`))),
  ...ROUND_TRIPS_MS.map((ms) => `0/${ms}/step`),
];

/** Reads `5/150/2000`, `0/20/step` or `0/20/2000>300>2000`. @throws {Error} with a sentence for the user. */
export function parseCell(name: string): NetworkCell {
  const match = /^(\d+(?:\.\d+)?)\/(\d+)\/(step|\d+(?:>\d+)*)$/.exec(name);
  const [, loss = "", roundTrip = "", rates = ""] = match ?? [];
  const lossPercent = Number(loss);
  if (!match || lossPercent > 90) {
    throw new Error(`--cells wants loss in %, round trip in ms and rate in kbit/s, such as 5/150/2000, not "${name}".`);
  }
  const ratesKbps = rates === "step" ? STEP_KBPS : rates.split(">").map(Number);
  return { name, lossPercent, roundTripMs: Number(roundTrip), ratesKbps };
}

/** What the relay does to each direction at one of the cell's rates. */
export function conditionsOf({ lossPercent, roundTripMs }: NetworkCell, rateKbps: number): NetworkConditions {
  return { delayMs: roundTripMs / 2, loss: lossPercent / 100, rateBps: rateKbps * 1000 };
}
