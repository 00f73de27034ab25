/** One packet about a key that is pressed (RFC 4733 §2.3). */
export interface TelephoneEvent {
  /** One of 0-9, *, # and A-D. */
  readonly digit: string;
  /** Whether the key was let go. */
  readonly isEnd: boolean;
  /** How long it was pressed so far, in ticks of the RTP clock. */
  readonly duration: number;
}

const DIGITS = "0123456789*#ABCD";

/** Reads the payload of such a packet; `undefined` for events that are no keys, such as a fax machine's. */
export function parseTelephoneEvent(payload: Uint8Array): TelephoneEvent | undefined {
  const [event = 0, flags = 0, high = 0, low = 0] = payload;
  const digit = DIGITS[event];
  if (payload.length < 4 || digit === undefined) return undefined;
  return { digit, isEnd: (flags & 0x80) !== 0, duration: (high << 8) | low };
}

/** The key in the body of an INFO request of type `application/dtmf-relay` or `application/dtmf`, as some phones send them. */
export function parseKeyOfInfo(contentType: string, body: string): string | undefined {
  const [type = ""] = contentType.toLowerCase().split(";", 1);
  const [, relayed] = /^[ \t]*signal[ \t]*=[ \t]*([0-9*#a-d])[ \t]*$/im.exec(body) ?? [];
  const key = type.trim() === "application/dtmf" ? body.trim() : relayed;
  const digit = key?.toUpperCase();
  return type.trim().startsWith("application/dtmf") && digit?.length === 1 && DIGITS.includes(digit)
    ? digit
    : undefined;
}
