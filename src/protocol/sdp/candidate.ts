import { FastRtcError } from "../../errors.ts";

export type CandidateType = "host" | "srflx" | "prflx" | "relay";

/** One way to reach a peer (RFC 8839 section 5.1), checked field by field, so that no text of a stranger travels on. */
export interface IceCandidate {
  readonly foundation: string;
  /** 1 for RTP (and all that is multiplexed with it), 2 for RTCP without multiplexing. */
  readonly component: number;
  readonly protocol: "udp" | "tcp";
  readonly priority: number;
  /** An IPv4 or IPv6 address, or a host name: browsers hide local addresses behind `….local` (mDNS). */
  readonly address: string;
  readonly addressFamily: "ipv4" | "ipv6" | "name";
  /** 1 to 65535; 9 and 0 occur for TCP. */
  readonly port: number;
  readonly type: CandidateType;
  /** Of a candidate of our own for TCP (RFC 6544 section 4.5): who opens the connection. What a peer says there is not read. */
  readonly tcpType?: "passive";
}

/** A candidate that came after the offer, and the media section it belongs to. */
export interface TrickledCandidate {
  /** `undefined` means the peer has no more of them. */
  readonly candidate: IceCandidate | undefined;
  readonly mid: string | undefined;
  readonly mLineIndex: number | undefined;
  /** Tells candidates of an earlier ICE session from those of this one. */
  readonly usernameFragment: string | undefined;
}

/** `RTCIceCandidate.toJSON()` as it comes over the network. */
export interface CandidateJson {
  readonly candidate: string;
  readonly sdpMid?: string | null | undefined;
  readonly sdpMLineIndex?: number | null | undefined;
  readonly usernameFragment?: string | null | undefined;
}

/** Longest candidate line accepted, in characters; real ones have about 150. */
const MAX_CANDIDATE_LENGTH = 1024;
/** Longest `mid` or user fragment accepted, in characters. */
const MAX_TOKEN_LENGTH = 256;

const CANDIDATE_TYPES: ReadonlySet<string> = new Set<CandidateType>(["host", "srflx", "prflx", "relay"]);

function isCandidateType(type: string): type is CandidateType {
  return CANDIDATE_TYPES.has(type);
}

/**
 * Reads a candidate that a client trickled. An empty `candidate` (or `end-of-candidates`) says that it was the last.
 * @throws {FastRtcError} `invalid_candidate` with a sentence that says what is wrong with it.
 */
export function parseTrickledCandidate(json: CandidateJson): TrickledCandidate {
  const { candidate, sdpMid, sdpMLineIndex, usernameFragment } = json;
  for (const token of [sdpMid, usernameFragment]) {
    if (token && token.length > MAX_TOKEN_LENGTH) throw refuse("its sdpMid or usernameFragment is too long");
  }
  const index = sdpMLineIndex ?? 0;
  if (!(Number.isInteger(index) && index >= 0 && index < 65_536)) {
    throw refuse("its sdpMLineIndex is not an index");
  }
  const text = candidate.trim();
  const ended = text === "" || text === "end-of-candidates" || text === "a=end-of-candidates";
  return {
    candidate: ended ? undefined : parseCandidate(text),
    mid: sdpMid ?? undefined,
    mLineIndex: sdpMLineIndex ?? undefined,
    usernameFragment: usernameFragment ?? (ended ? undefined : ufragExtension(text)),
  };
}

/**
 * Reads `candidate:…`, with or without a leading `a=`.
 * @throws {FastRtcError} `invalid_candidate` when it is not one (RFC 8839 section 5.1).
 */
export function parseCandidate(line: string): IceCandidate {
  const candidate = readCandidate(line);
  if (typeof candidate === "string") throw refuse(candidate);
  return candidate;
}

/** Like `parseCandidate`, but returns the reason when it is none: in a description such lines are passed over. */
export function readCandidate(line: string): IceCandidate | string {
  if (line.length > MAX_CANDIDATE_LENGTH) return `it has more than ${MAX_CANDIDATE_LENGTH} characters`;
  const text = line.startsWith("a=") ? line.slice(2) : line;
  if (!text.startsWith("candidate:")) return 'it does not begin with "candidate:"';
  const [foundation = "", componentText, transport = "", priorityText, address = "", portText, typ, type = ""] = text
    .slice("candidate:".length)
    .trim()
    .split(/\s+/);
  const protocol = transport.toLowerCase();
  const component = integer(componentText, 1, 256);
  const priority = integer(priorityText, 0, 2 ** 32 - 1);
  const port = integer(portText, protocol === "tcp" ? 0 : 1, 65_535);
  const family = addressFamily(address);

  if (!/^[A-Za-z0-9+/]{1,64}$/.test(foundation)) return "its foundation is not valid";
  if (protocol !== "udp" && protocol !== "tcp") return "its transport is neither UDP nor TCP";
  if (component === undefined) return "its component is not a number from 1 to 256";
  if (priority === undefined) return "its priority is not a number of 32 bits";
  if (port === undefined) return "its port is not valid";
  if (!family) return "its address is neither an IP address nor a host name";
  if (typ !== "typ" || !isCandidateType(type)) return "its type is not host, srflx, prflx or relay";
  return { foundation, component, protocol, priority, address, addressFamily: family, port, type };
}

/** The candidate as an attribute's value: `candidate:…`. */
export function writeCandidate(candidate: IceCandidate): string {
  const { foundation, component, protocol, priority, address, port, type, tcpType } = candidate;
  const line = `candidate:${foundation} ${component} ${protocol} ${priority} ${address} ${port} typ ${type}`;
  return tcpType ? `${line} tcptype ${tcpType}` : line;
}

function addressFamily(address: string): IceCandidate["addressFamily"] | undefined {
  if (isIpv4(address)) return "ipv4";
  if (isIpv6(address)) return "ipv6";
  if (address.length <= 253 && /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(address)) return "name";
  return undefined;
}

function isIpv4(address: string): boolean {
  const parts = address.split(".");
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
}

function isIpv6(address: string): boolean {
  if (address.length > 45 || !address.includes(":")) return false;
  const halves = address.split("::");
  if (halves.length > 2) return false;
  let groups = 0;
  for (const [index, half] of halves.entries()) {
    if (half === "") continue;
    const parts = half.split(":");
    for (const [at, part] of parts.entries()) {
      const last = index === halves.length - 1 && at === parts.length - 1;
      if (last && isIpv4(part)) groups += 2;
      else if (/^[0-9A-Fa-f]{1,4}$/.test(part)) groups += 1;
      else return false;
    }
  }
  return halves.length === 2 ? groups < 8 : groups === 8;
}

function ufragExtension(text: string): string | undefined {
  const words = text.split(/\s+/);
  const at = words.indexOf("ufrag");
  const ufrag = at > 0 ? words[at + 1] : undefined;
  return ufrag && ufrag.length <= MAX_TOKEN_LENGTH ? ufrag : undefined;
}

function integer(text: string | undefined, minimum: number, maximum: number): number | undefined {
  const value = text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  return value >= minimum && value <= maximum ? value : undefined;
}

function refuse(reason: string): FastRtcError {
  return new FastRtcError("invalid_candidate", `The ICE candidate cannot be used: ${reason}.`);
}
