import { FastRtcError } from "../../errors.ts";

/** Longest line read, in characters; the longest real ones, with parameter sets in them, have about 500. */
const MAX_LINE_LENGTH = 8192;

/** One line of an SDP: `type=value`. An attribute's value is split at its first colon. */
export class SdpLine {
  /** A lower-case letter. */
  readonly type: string;
  readonly value: string;
  readonly #number: number;

  private constructor(type: string, value: string, number: number) {
    this.type = type;
    this.value = value;
    this.#number = number;
  }

  /** @throws {FastRtcError} `invalid_sdp` when it is not a line of SDP. */
  static parse(text: string, number: number): SdpLine {
    const line = new SdpLine(text.slice(0, 1), text.slice(2), number);
    if (text.length > MAX_LINE_LENGTH) throw line.invalid(`it has more than ${MAX_LINE_LENGTH} characters`);
    // A lone carriage return in a value that is echoed would begin a line of its own for some readers.
    if (/[\u0000-\u0008\u000a-\u001f]/.test(text)) throw line.invalid("it holds a control character");
    if (!/^[a-z]$/.test(line.type) || text[1] !== "=") throw line.invalid('it does not have the form "letter=value"');
    return line;
  }

  /** The attribute's name: what stands before the colon. */
  get key(): string {
    const colon = this.value.indexOf(":");
    return colon < 0 ? this.value : this.value.slice(0, colon);
  }

  /** What stands after the attribute's colon, without surrounding space. */
  get argument(): string {
    const colon = this.value.indexOf(":");
    return colon < 0 ? "" : this.value.slice(colon + 1).trim();
  }

  /**
   * Reads a whole number of the line.
   * @throws {FastRtcError} `invalid_sdp` when it is none, or out of range.
   */
  integer(text: string | undefined, minimum: number, maximum: number, meaning: string): number {
    const value = text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= minimum && value <= maximum)) {
      throw this.invalid(`its ${meaning} is not a whole number from ${minimum} to ${maximum}`);
    }
    return value;
  }

  invalid(reason: string): FastRtcError {
    return new FastRtcError("invalid_sdp", `The SDP cannot be used: line ${this.#number}: ${reason}.`);
  }
}
