import { fieldsOf, parseFields } from "./json-fields.ts";

/** What the server tells a client that asks how its own stream does. What is not known is absent. */
export interface ServerStats {
  /** Pictures per second that came from the client, and that went back. */
  readonly receivedFps?: number | undefined;
  readonly sentFps?: number | undefined;
  /** Share of the client's packets that were lost lately, of pictures or of sound, whichever is more: 0 to 1. */
  readonly fractionLost?: number | undefined;
  /** To the client and back over the network, in milliseconds. */
  readonly roundTripMs?: number | undefined;
  /** What a picture takes on average in milliseconds: decoding, waiting for the handler, the handler, and encoding. */
  readonly decodeMs?: number | undefined;
  readonly queueMs?: number | undefined;
  readonly handlerMs?: number | undefined;
  readonly encodeMs?: number | undefined;
}

const NAMES: readonly (keyof ServerStats)[] = [
  "receivedFps",
  "sentFps",
  "fractionLost",
  "roundTripMs",
  "decodeMs",
  "queueMs",
  "handlerMs",
  "encodeMs",
];

/** The message with which a client's `stats` is answered. */
export function encodeServerStats(stats: ServerStats): string {
  const rounded = NAMES.flatMap((name) => {
    const value = stats[name];
    return value === undefined ? [] : [[name, Math.round(value * 1000) / 1000] as const];
  });
  return JSON.stringify({ type: "stats", data: Object.fromEntries(rounded) });
}

/** Reads that message, whatever figures a newer server may add; undefined for any other. */
export function parseServerStats(text: unknown): ServerStats | undefined {
  if (typeof text !== "string" || !text.startsWith('{"type":"stats"')) return undefined;
  const data = fieldsOf(parseFields(text)?.["data"]);
  if (!data) return undefined;
  return Object.fromEntries(Object.entries(data).filter(([, value]) => Number.isFinite(value)));
}
