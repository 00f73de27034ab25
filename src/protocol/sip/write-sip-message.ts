import { invariant } from "../../errors.ts";
import { writeNameAddress } from "./name-address.ts";
import { type SipRequest, tagOf } from "./sip-message.ts";
import { writeVia } from "./via.ts";

export type HeaderLine = readonly [name: string, value: string];

export interface SipBody {
  readonly contentType: string;
  readonly text: string;
}

/** What responses say beside their number (RFC 3261 §21). */
const REASONS: Readonly<Record<number, string>> = {
  100: "Trying",
  180: "Ringing",
  200: "OK",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  415: "Unsupported Media Type",
  416: "Unsupported URI Scheme",
  420: "Bad Extension",
  481: "Call/Transaction Does Not Exist",
  483: "Too Many Hops",
  486: "Busy Here",
  487: "Request Terminated",
  488: "Not Acceptable Here",
  491: "Request Pending",
  500: "Server Internal Error",
  503: "Service Unavailable",
  505: "Version Not Supported",
};

const encoder = new TextEncoder();

/** The bytes of a request. */
export function writeSipRequest(
  { method, uri }: { readonly method: string; readonly uri: string },
  headers: readonly HeaderLine[],
  body?: SipBody,
): Uint8Array<ArrayBuffer> {
  return write(`${method} ${uri} SIP/2.0`, headers, body);
}

/**
 * The bytes of a response: it goes the way that the request came, and names the same call (RFC 3261 §8.2.6).
 * @param toTag Ours; needed in all but 100, unless the request has one.
 */
export function writeSipResponse(
  request: SipRequest,
  { status, toTag, headers = [], body }: SipReply,
): Uint8Array<ArrayBuffer> {
  const to = { ...request.to, parameters: new Map(request.to.parameters) };
  if (toTag !== undefined && tagOf(request.to) === undefined) to.parameters.set("tag", toTag);
  return write(
    `SIP/2.0 ${status} ${REASONS[status] ?? "Status"}`,
    [
      ...request.vias.map((via): HeaderLine => ["Via", writeVia(via)]),
      ["From", request.headers.get("from") ?? ""],
      ["To", writeNameAddress(to)],
      ["Call-ID", request.callId],
      ["CSeq", `${request.cseq.sequence} ${request.cseq.method}`],
      ...headers,
    ],
    body,
  );
}

export interface SipReply {
  readonly status: number;
  readonly toTag?: string | undefined;
  readonly headers?: readonly HeaderLine[];
  readonly body?: SipBody | undefined;
}

/** Any message of these lines. */
export function write(startLine: string, headers: readonly HeaderLine[], body?: SipBody): Uint8Array<ArrayBuffer> {
  const bytes = encoder.encode(body?.text ?? "");
  const all: readonly HeaderLine[] = [
    ...headers,
    ...(body ? [["Content-Type", body.contentType] as const] : []),
    ["Content-Length", String(bytes.length)],
  ];
  const head = [startLine, ...all.map(([name, value]) => `${name}: ${value}`)];
  invariant(!head.some((line) => /[\r\n]/.test(line)), "no line of a SIP message holds another");
  const headBytes = encoder.encode(`${head.join("\r\n")}\r\n\r\n`);
  const message = new Uint8Array(headBytes.length + bytes.length);
  message.set(headBytes);
  message.set(bytes, headBytes.length);
  return message;
}
