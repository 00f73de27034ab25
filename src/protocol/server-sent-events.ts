import { FastRtcError } from "../errors.ts";

/** The headers of a response that carries events: nothing on the way may store or hold them back. */
export const SERVER_SENT_EVENT_HEADERS: Readonly<Record<string, string>> = Object.freeze({
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
});

/** A comment, which clients skip: sent while there is nothing to say, it keeps proxies from closing the connection. */
export const SERVER_SENT_KEEP_ALIVE = ": keep-alive\n\n";

export interface ServerSentEvent {
  /** Any text. Each kind of line break in it arrives as "\n". */
  data: string;
  /** Which listeners get it, without a line break; "message" when left out. */
  event?: string;
  /** What a client that reconnects sends as `Last-Event-ID`; without a line break or U+0000. */
  id?: string;
  /** How long a client waits before it reconnects: a whole number of milliseconds, at least 0. */
  retryMs?: number;
}

/**
 * One event as it goes over the wire (HTML Standard §9.2.5, text/event-stream).
 * @throws {FastRtcError} `invalid_argument` for an event name, id or delay that the format cannot carry.
 */
export function encodeServerSentEvent({ data, event, id, retryMs }: ServerSentEvent): string {
  let text = "";
  if (event !== undefined) text += `event: ${singleLine("event", event)}\n`;
  if (id !== undefined) text += `id: ${singleLine("id", id)}\n`;
  if (retryMs !== undefined) text += `retry: ${wholeNumber(retryMs)}\n`;
  for (const line of data.split(/\r\n|\r|\n/)) text += `data: ${line}\n`;
  return `${text}\n`;
}

function singleLine(field: string, text: string): string {
  if (!/[\r\n\0]/.test(text)) return text;
  throw new FastRtcError(
    "invalid_argument",
    `The ${field} ${JSON.stringify(text)} of a server-sent event holds a line break or U+0000, which ends or voids it. Leave it out.`,
  );
}

function wholeNumber(milliseconds: number): number {
  if (Number.isSafeInteger(milliseconds) && milliseconds >= 0) return milliseconds;
  throw new FastRtcError(
    "invalid_argument",
    `retryMs is a whole number of milliseconds of at least 0, not ${milliseconds}.`,
  );
}
