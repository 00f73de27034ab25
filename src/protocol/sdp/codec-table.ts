import type { SdpLine } from "./sdp-line.ts";
import type { Codec } from "./session-description.ts";

/** Feedback lines kept for one payload type. */
const MAX_FEEDBACK = 32;

/** Formats whose payload type says it all (RFC 3551 section 6), so that offers may leave their `rtpmap` out. */
const STATIC_FORMATS: ReadonlyMap<number, Format> = new Map([
  [0, { name: "PCMU", clockRate: 8000, channels: 1 }],
  [8, { name: "PCMA", clockRate: 8000, channels: 1 }],
  [9, { name: "G722", clockRate: 8000, channels: 1 }],
]);

interface Format {
  readonly name: string;
  readonly clockRate: number;
  readonly channels: number;
}

/** Gathers what `rtpmap`, `fmtp` and `rtcp-fb` say about the payload types of one m-line. */
export class CodecTable {
  readonly #payloadTypes: ReadonlySet<number>;
  readonly #formats = new Map<number, Format>();
  readonly #fmtps = new Map<number, string>();
  readonly #feedback = new Map<number | "*", string[]>();

  /** @throws {FastRtcError} `invalid_sdp` when a format of the m-line is not a payload type. */
  constructor(formats: readonly string[], line: SdpLine) {
    this.#payloadTypes = new Set(formats.map((text) => line.integer(text, 0, 127, "payload type")));
  }

  read(line: SdpLine): void {
    const space = line.argument.indexOf(" ");
    const payloadTypeText = space < 0 ? line.argument : line.argument.slice(0, space);
    const value = space < 0 ? "" : line.argument.slice(space + 1).trim();
    if (line.key === "rtcp-fb" && payloadTypeText === "*") {
      this.#addFeedback("*", value);
      return;
    }
    const payloadType = line.integer(payloadTypeText, 0, 127, "payload type");
    if (!this.#payloadTypes.has(payloadType)) return;
    if (line.key === "rtpmap") this.#formats.set(payloadType, format(value, line));
    else if (line.key === "fmtp") this.#fmtps.set(payloadType, value);
    else this.#addFeedback(payloadType, value);
  }

  /** The codecs in the order of the m-line; payload types that nothing is said about are left out. */
  codecs(): Codec[] {
    const codecs: Codec[] = [];
    for (const payloadType of this.#payloadTypes) {
      const known = this.#formats.get(payloadType) ?? STATIC_FORMATS.get(payloadType);
      if (!known) continue;
      const fmtp = this.#fmtps.get(payloadType);
      const feedback = [...(this.#feedback.get(payloadType) ?? []), ...(this.#feedback.get("*") ?? [])];
      codecs.push({ payloadType, ...known, fmtp, parameters: parameters(fmtp), feedback: [...new Set(feedback)] });
    }
    return codecs;
  }

  #addFeedback(payloadType: number | "*", value: string): void {
    const list = this.#feedback.get(payloadType) ?? [];
    if (list.length < MAX_FEEDBACK && value !== "") list.push(value.split(/\s+/).join(" "));
    this.#feedback.set(payloadType, list);
  }
}

/** `<name>/<clock rate>[/<channels>]` (RFC 8866 section 6.6). */
function format(value: string, line: SdpLine): Format {
  const [name = "", clockRate, channels] = value.split("/");
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(name)) throw line.invalid("it names no codec");
  return {
    name,
    clockRate: line.integer(clockRate, 1, 1_000_000_000, "clock rate"),
    channels: channels === undefined ? 1 : line.integer(channels, 1, 255, "number of channels"),
  };
}

function parameters(fmtp: string | undefined): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (const part of fmtp?.split(";") ?? []) {
    const equals = part.indexOf("=");
    if (equals > 0) pairs.set(part.slice(0, equals).trim().toLowerCase(), part.slice(equals + 1).trim());
  }
  return pairs;
}
