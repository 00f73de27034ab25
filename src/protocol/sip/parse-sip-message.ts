import { parseNameAddress } from "./name-address.ts";
import { SipHeaders } from "./sip-headers.ts";
import type { SipEnvelope, SipRequest, SipResponse } from "./sip-message.ts";
import { type Via, parseVia } from "./via.ts";

/** The longest message that is read, in bytes: an INVITE has about 1,000. */
export const MAX_SIP_MESSAGE_BYTES = 16_384;
/** How many lines of headers a message may have, and how many hops and routes. */
const MAX_HEADERS = 128;
const MAX_HOPS = 32;
const MAX_CALL_ID_LENGTH = 256;

/** What a datagram, or a piece of a stream that is one message, holds. */
export type ParsedSip =
  | SipRequest
  | SipResponse
  /** Nothing but line ends, as phones send them to keep a way through NAT open (RFC 5626 §3.5.1). */
  | { readonly type: "keep-alive" }
  | {
      readonly type: "invalid";
      /** What is wrong, for the log. */
      readonly reason: string;
      /** What to answer, and to whom, where the hops could be read and it is a request that may be answered. */
      readonly answer?: { readonly status: 400 | 505; readonly headers: SipHeaders; readonly via: Via };
    };

/** Reads one SIP message (RFC 3261 §7). Never throws. */
export function parseSipMessage(bytes: Uint8Array): ParsedSip {
  if (bytes.length > MAX_SIP_MESSAGE_BYTES) return invalid("it is longer than 16 KiB");
  const start = lineStart(bytes);
  if (start === bytes.length) return { type: "keep-alive" };
  const end = findBody(bytes, start);
  const head = decode(bytes.subarray(start, end?.headEnd ?? bytes.length));
  const [startLine = "", ...lines] = unfold(head);
  const headers = new SipHeaders();
  if (lines.length > MAX_HEADERS) return invalid("it has more than 128 headers");
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(0, colon)).trimEnd();
    if (!/^[\w.!%*+`'~-]+$/.test(name)) return invalid("a header has no name");
    headers.add(name, line.slice(colon + 1).trim());
  }
  const available = bytes.subarray(end?.bodyStart ?? bytes.length);
  return read(startLine, headers, available);
}

function read(startLine: string, headers: SipHeaders, available: Uint8Array): ParsedSip {
  const status = /^SIP\/2\.0 ([1-6]\d\d)(?: (.*))?$/i.exec(startLine);
  const request = /^([\w.!%*+`'~-]{1,64}) +(\S+) +SIP\/(\d+\.\d+)\s*$/i.exec(startLine);
  const vias = readVias(headers);
  if (!vias) return invalid("its Via headers cannot be read");
  const refuse = (reason: string, code: 400 | 505 = 400): ParsedSip => {
    const mayAnswer = !status && !/^ACK\s/.test(startLine);
    return { type: "invalid", reason, ...(mayAnswer && { answer: { status: code, headers, via: vias[0] } }) };
  };
  if (!status && !request) return refuse("its first line cannot be read");
  if (request && request[3] !== "2.0") return refuse("its version is not SIP/2.0", 505);
  const envelope = readEnvelope(headers, vias, available);
  if (typeof envelope === "string") return refuse(envelope);
  if (status) return { type: "response", status: Number(status[1]), reason: status[2] ?? "", ...envelope };
  const [, method = "", uri = ""] = request ?? [];
  if (!/^[a-z][a-z0-9+.-]*:[^<>"]+$/i.test(uri)) return refuse("its Request-URI cannot be read");
  if (method !== envelope.cseq.method) return refuse("its method is not that of its CSeq");
  return { type: "request", method, uri, ...envelope };
}

function readEnvelope(
  headers: SipHeaders,
  vias: readonly [Via, ...Via[]],
  available: Uint8Array,
): SipEnvelope | string {
  const once = ["from", "to", "call-id", "cseq", "content-length", "max-forwards"];
  const repeated = once.find((name) => headers.all(name).length > 1);
  if (repeated !== undefined) return `it has more than one ${repeated}`;
  const from = parseNameAddress(headers.get("from") ?? "");
  const to = parseNameAddress(headers.get("to") ?? "");
  const callId = headers.get("call-id") ?? "";
  if (!from || !to) return "its From or To cannot be read";
  if (!/^\S+$/.test(callId) || callId.length > MAX_CALL_ID_LENGTH) return "its Call-ID cannot be read";
  const [, digits = "", method = ""] = /^(\d{1,10})\s+(\S+)$/.exec(headers.get("cseq") ?? "") ?? [];
  const sequence = Number(digits);
  if (method === "" || sequence >= 2 ** 31) return "its CSeq cannot be read";
  const length = headers.get("content-length");
  if (length !== undefined && !/^\d{1,9}$/.test(length)) return "its Content-Length is no number";
  const byteLength = length === undefined ? available.length : Number(length);
  if (byteLength > available.length) return "its body is shorter than its Content-Length";
  return { headers, vias, from, to, callId, cseq: { sequence, method }, body: available.subarray(0, byteLength) };
}

function readVias(headers: SipHeaders): readonly [Via, ...Via[]] | undefined {
  const texts = headers.list("via");
  if (texts.length > MAX_HOPS || headers.list("record-route").length > MAX_HOPS) return undefined;
  const [first, ...rest] = texts.map(parseVia);
  const others = rest.filter((via) => via !== undefined);
  return first && others.length === rest.length ? [first, ...others] : undefined;
}

/** Where the head ends and the body begins; `undefined` when no empty line is there. */
function findBody(
  bytes: Uint8Array,
  from: number,
): { readonly headEnd: number; readonly bodyStart: number } | undefined {
  for (let index = from; index < bytes.length; index += 1) {
    if (bytes[index] !== 0x0a) continue;
    if (bytes[index + 1] === 0x0a) return { headEnd: index, bodyStart: index + 2 };
    if (bytes[index + 1] === 0x0d && bytes[index + 2] === 0x0a) return { headEnd: index, bodyStart: index + 3 };
  }
  return undefined;
}

/** Where the first line begins: empty lines before it mean nothing (RFC 3261 §7.5). */
function lineStart(bytes: Uint8Array): number {
  let index = 0;
  while (bytes[index] === 0x0d || bytes[index] === 0x0a) index += 1;
  return index;
}

/** The lines of a head, continued ones in one (RFC 3261 §7.3.1); what controls a terminal becomes a space. */
function unfold(head: string): string[] {
  const lines: string[] = [];
  for (const raw of head.split(/\r?\n/)) {
    const line = raw.replaceAll(/[\u0000-\u0008\u000B-\u001F\u007F]/g, " ");
    if (/^[ \t]/.test(line) && lines.length > 0) lines[lines.length - 1] = `${lines.at(-1) ?? ""} ${line.trim()}`;
    else if (line !== "") lines.push(line);
  }
  return lines;
}

const decoder = new TextDecoder();

function decode(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

function invalid(reason: string): ParsedSip {
  return { type: "invalid", reason };
}
