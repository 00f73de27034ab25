/** Base64 of HMAC-SHA1 with the account's auth token over the UTF-8 of `text`: node:crypto or WebCrypto do it. */
export type TwilioSigner = (text: string) => string | Promise<string>;

export interface SignedRequest {
  /**
   * The address as Twilio called it, with its query: of a webhook beginning with https, of a WebSocket with wss.
   * Behind a proxy that is not the address that this server sees.
   */
  url: string;
  /** The decoded fields of a form that was posted, in any order; nothing for a WebSocket. @default [] */
  form?: Iterable<readonly [name: string, value: string]>;
  /** The `X-Twilio-Signature` header. */
  signature: string | null | undefined;
  sign: TwilioSigner;
}

/**
 * Whether a request comes from Twilio. Without this check anyone who knows the address can make calls that cost money.
 * Twilio signs some addresses with their port and some without, so both are tried, and for a WebSocket a slash at the end
 * as well. The header of one request fits every request with the same address and form: it proves the sender, not the time.
 * An error of `sign` is passed on.
 */
export async function isSignedByTwilio({ url, form = [], signature, sign }: SignedRequest): Promise<boolean> {
  if (!signature) return false;
  const fields = [...form];
  let isSigned = false;
  for (const candidate of addressVariants(url)) {
    const expected = await sign(signedText(candidate, fields));
    isSigned = isSameText(expected, signature) || isSigned;
  }
  return isSigned;
}

/**
 * The text that Twilio signs: the address, then name and value of each field without anything between them, in the order
 * of their UTF-16 code units, each pair once.
 */
export function signedText(url: string, form: Iterable<readonly [name: string, value: string]>): string {
  const valuesByName = new Map<string, Set<string>>();
  for (const [name, value] of form) {
    const values = valuesByName.get(name) ?? new Set();
    valuesByName.set(name, values.add(value));
  }
  let text = url;
  for (const [name, values] of [...valuesByName].toSorted(([left], [right]) => (left < right ? -1 : 1))) {
    for (const value of [...values].toSorted()) text += name + value;
  }
  return text;
}

/** Whether two texts are the same, in a time that says nothing about where they differ. */
function isSameText(expected: string, given: string): boolean {
  let difference = expected.length ^ given.length;
  for (let index = 0; index < expected.length; index += 1) {
    difference |= expected.charCodeAt(index) ^ given.charCodeAt(index % Math.max(1, given.length));
  }
  return difference === 0;
}

/** The address as given, with the port left out or written out, and a WebSocket's with a slash at its end as well. */
function addressVariants(url: string): Iterable<string> {
  const match = /^(https?|wss?):\/\/([^/?#:]+|\[[^\]]*\])(:\d+)?(\/[^?#]*)?(.*)$/s.exec(url);
  if (!match) return [url];
  const [, scheme = "", host = "", port = "", path = "", rest = ""] = match;
  const defaultPort = scheme === "https" || scheme === "wss" ? ":443" : ":80";
  const paths = scheme.startsWith("ws") && rest === "" && !path.endsWith("/") ? [path, `${path}/`] : [path];
  return new Set(
    ["", port || defaultPort].flatMap((one) => paths.map((end) => `${scheme}://${host}${one}${end}${rest}`)),
  );
}
