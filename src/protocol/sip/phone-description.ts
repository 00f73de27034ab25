import { parseHostPort } from "./sip-uri.ts";

/** The codecs of the telephone network, by the names and numbers of RFC 3551 §6. */
export const PHONE_CODECS = { PCMU: 0, PCMA: 8 } as const;
export type PhoneCodec = keyof typeof PHONE_CODECS;

/** Which way sound goes, as the one says it who wrote the description (RFC 3264 §5.1). */
export type PhoneDirection = "sendrecv" | "sendonly" | "recvonly" | "inactive";

/** What the other side of a call has: the first of its m-lines with sound that we can take part in. */
export interface PhoneDescription {
  /** An IPv4 or IPv6 address. */
  readonly address: string;
  readonly port: number;
  readonly rtcp: { readonly address: string; readonly port: number };
  /** Whether RTCP may come and go on the port of RTP (RFC 5761). */
  readonly isRtcpMux: boolean;
  /** In the order of its preference. */
  readonly codecs: readonly { readonly codec: PhoneCodec; readonly payloadType: number }[];
  /** Of keys that are pressed (RFC 4733), where they can be told. */
  readonly eventPayloadType: number | undefined;
  readonly direction: PhoneDirection;
  /** All m-lines, to be answered in their order. */
  readonly sections: readonly PhoneSection[];
  /** Which of them this is. */
  readonly index: number;
}

/** One m-line. */
export interface PhoneSection {
  readonly kind: string;
  readonly profile: string;
  /** Its formats as they were written. */
  readonly formats: string;
}

/** The longest description that is read, and how many lines and m-lines it may have. */
const MAX_LENGTH = 8192;
const MAX_LINES = 256;
const MAX_SECTIONS = 16;

interface Section extends PhoneSection {
  readonly port: number;
  readonly lines: readonly string[];
}

/** Reads the SDP of a telephone (RFC 8866); otherwise a sentence that says why it cannot be talked to. */
export function parsePhoneDescription(text: string): PhoneDescription | string {
  if (text.length > MAX_LENGTH) return "its SDP is longer than 8 KiB";
  const lines = text.split(/\r?\n/).filter((line) => line !== "");
  if (lines.length > MAX_LINES) return "its SDP has more than 256 lines";
  if (lines[0] !== "v=0") return "its SDP does not begin with v=0";
  const { session, sections } = split(lines);
  if (sections.length > MAX_SECTIONS) return "its SDP has more than 16 m-lines";
  const index = sections.findIndex(
    ({ kind, port, profile }) => kind === "audio" && port > 0 && /^RTP\/AVPF?$/.test(profile),
  );
  const section = sections[index];
  if (!section) return "its SDP offers no sound over RTP/AVP";
  const address = addressOf(section.lines) ?? addressOf(session);
  if (address === undefined) return "its SDP names no IP address";
  const direction = directionOf(section.lines) ?? directionOf(session) ?? "sendrecv";
  const mappings = mappingsOf(section);
  const codecs = mappings.flatMap(({ payloadType, encoding }) => {
    const codec = isPhoneCodec(encoding) ? encoding : undefined;
    return codec ? [{ codec, payloadType }] : [];
  });
  const isRtcpMux = section.lines.includes("a=rtcp-mux");
  return {
    address,
    port: section.port,
    rtcp: rtcpOf(section, address, isRtcpMux),
    isRtcpMux,
    codecs,
    eventPayloadType: mappings.find(({ encoding }) => encoding === "TELEPHONE-EVENT")?.payloadType,
    // An address of zeros was how one put somebody on hold before directions (RFC 3264 §8.4).
    direction: address === "0.0.0.0" || address === "::" ? "inactive" : direction,
    sections: sections.map(({ kind, profile, formats }) => ({ kind, profile, formats })),
    index,
  };
}

/** What we write: an offer, or the answer to one. */
export interface OwnDescription {
  readonly address: string;
  readonly port: number;
  readonly rtcpPort: number;
  readonly codecs: PhoneDescription["codecs"];
  readonly eventPayloadType: number | undefined;
  readonly direction: PhoneDirection;
  /** A number of the call's own, and one that rises when the description changes (RFC 8866 §5.2). */
  readonly sessionId: number;
  readonly sessionVersion: number;
  /** The offer that is answered. @default none: this is an offer */
  readonly offer?: PhoneDescription | undefined;
}

/** Writes the SDP of our side of a call. */
export function writePhoneDescription(own: OwnDescription): string {
  const { address, sessionId, sessionVersion, offer } = own;
  const place = `IN ${address.includes(":") ? "IP6" : "IP4"} ${address}`;
  const sections = offer
    ? offer.sections.flatMap((section, index) =>
        index === offer.index ? audioLines(own) : [`m=${section.kind} 0 ${section.profile} ${section.formats}`],
      )
    : audioLines(own);
  const session = ["v=0", `o=- ${sessionId} ${sessionVersion} ${place}`, "s=-", `c=${place}`, "t=0 0"];
  return `${[...session, ...sections].join("\r\n")}\r\n`;
}

/** What we answer to a direction (RFC 3264 §6.1). */
export function answeredDirection(offered: PhoneDirection): PhoneDirection {
  switch (offered) {
    case "sendrecv":
      return "sendrecv";
    case "sendonly":
      return "recvonly";
    case "recvonly":
      return "sendonly";
    case "inactive":
      return "inactive";
  }
}

function audioLines({ port, rtcpPort, codecs, eventPayloadType, direction, offer }: OwnDescription): string[] {
  const events = eventPayloadType === undefined ? [] : [eventPayloadType];
  const types = [...codecs.map(({ payloadType }) => payloadType), ...events].join(" ");
  return [
    `m=audio ${port} ${offer?.sections[offer.index]?.profile ?? "RTP/AVP"} ${types}`,
    ...codecs.map(({ codec, payloadType }) => `a=rtpmap:${payloadType} ${codec}/8000`),
    ...events.flatMap((type) => [`a=rtpmap:${type} telephone-event/8000`, `a=fmtp:${type} 0-15`]),
    "a=ptime:20",
    `a=${direction}`,
    ...(offer?.isRtcpMux ? ["a=rtcp-mux"] : [`a=rtcp:${rtcpPort}`]),
  ];
}

function split(lines: readonly string[]): { readonly session: readonly string[]; readonly sections: Section[] } {
  const session: string[] = [];
  const sections: (Omit<Section, "lines"> & { lines: string[] })[] = [];
  for (const line of lines) {
    const [, kind = "", port = "", profile = "", formats = ""] =
      /^m=([a-z]+) (\d{1,5})(?:\/\d+)? ([\w/-]+)((?: [\w.+*-]+)+)$/i.exec(line.trimEnd()) ?? [];
    if (kind !== "") sections.push({ kind, port: Number(port), profile, formats: formats.trim(), lines: [] });
    else if (line.startsWith("m="))
      sections.push({ kind: "audio", port: 0, profile: "RTP/AVP", formats: "0", lines: [] });
    else (sections.at(-1)?.lines ?? session).push(line.trimEnd());
  }
  return { session, sections };
}

function mappingsOf({ formats, lines }: Section): { readonly payloadType: number; readonly encoding: string }[] {
  const named = new Map<number, string>();
  for (const line of lines) {
    const [, type = "", encoding = "", rate] = /^a=rtpmap:(\d{1,3}) ([^/\s]+)\/(\d+)(?:\/1)?$/.exec(line) ?? [];
    if (type !== "") named.set(Number(type), rate === "8000" ? encoding.toUpperCase() : "");
  }
  return formats
    .split(" ")
    .map(Number)
    .filter((type) => Number.isInteger(type) && type <= 127)
    .map((payloadType) => ({ payloadType, encoding: named.get(payloadType) ?? staticEncoding(payloadType) }));
}

function staticEncoding(payloadType: number): string {
  return Object.entries(PHONE_CODECS).find(([, type]) => type === payloadType)?.[0] ?? "";
}

function isPhoneCodec(encoding: string): encoding is PhoneCodec {
  return encoding in PHONE_CODECS && Object.hasOwn(PHONE_CODECS, encoding);
}

function rtcpOf({ port, lines }: Section, address: string, isMux: boolean): PhoneDescription["rtcp"] {
  if (isMux) return { address, port };
  const line = lines.find((one) => one.startsWith("a=rtcp:"));
  const [, digits, own] = /^a=rtcp:(\d{1,5})(?: IN IP[46] (\S+))?$/.exec(line ?? "") ?? [];
  const named = Number(digits);
  const rtcpPort = named >= 1 && named <= 65_535 ? named : port + 1;
  return { address: own !== undefined && isAddress(own) ? own : address, port: rtcpPort };
}

function addressOf(lines: readonly string[]): string | undefined {
  const line = lines.find((one) => one.startsWith("c="));
  const [, address] = /^c=IN IP[46] ([^\s/]+)/.exec(line ?? "") ?? [];
  return address !== undefined && isAddress(address) ? address : undefined;
}

/** Whether it is an address, not a name: those could be looked up only by asking whoever the caller names. */
function isAddress(text: string): boolean {
  if (text.includes(":")) return parseHostPort(`[${text}]`) !== undefined && text.split(":").length <= 9;
  return /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/.test(text);
}

function directionOf(lines: readonly string[]): PhoneDirection | undefined {
  const directions: readonly PhoneDirection[] = ["sendrecv", "sendonly", "recvonly", "inactive"];
  return directions.find((direction) => lines.includes(`a=${direction}`));
}
