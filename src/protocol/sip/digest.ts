import { type Parameters, parseParameters, quote, unquote } from "./parameters.ts";
import { splitOutsideQuotes } from "./sip-headers.ts";

/** The hashes that are known, the better one first. */
export const DIGEST_ALGORITHMS = ["SHA-256", "MD5"] as const;
export type DigestAlgorithm = (typeof DIGEST_ALGORITHMS)[number];

/** Hashes the UTF-8 of a text and gives hexadecimal digits in small letters. */
export type DigestHash = (algorithm: DigestAlgorithm, text: string) => string;

/** What someone who wants to be let in is asked for (RFC 7616 §3.3, RFC 8760). */
export interface DigestChallenge {
  readonly realm: string;
  readonly nonce: string;
  readonly algorithm: DigestAlgorithm;
  /** Whether the session key is hashed as well ("-sess"). */
  readonly isSession: boolean;
  /** Whether it takes `qop=auth`; old servers know none. */
  readonly hasQop: boolean;
  readonly opaque?: string;
  /** Whether only the nonce was too old: the password was right. */
  readonly isStale: boolean;
}

/** What is answered to a challenge (RFC 7616 §3.4). */
export interface DigestCredentials {
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  readonly uri: string;
  readonly response: string;
  readonly algorithm: DigestAlgorithm;
  readonly isSession: boolean;
  /** Absent without `qop`. */
  readonly qop?: { readonly cnonce: string; readonly count: string };
}

/** Reads WWW-Authenticate or Proxy-Authenticate; `undefined` for a scheme, hash or protection that is not known. */
export function parseChallenge(text: string): DigestChallenge | undefined {
  const fields = parseDigest(text);
  const [realm, nonce] = [fields?.get("realm"), fields?.get("nonce")];
  const algorithm = parseAlgorithm(fields?.get("algorithm"));
  if (!fields || realm === undefined || !nonce || !algorithm) return undefined;
  const qop = fields.get("qop");
  const protections = qop?.split(",").map((one) => one.trim().toLowerCase());
  if (protections && !protections.includes("auth")) return undefined;
  const opaque = fields.get("opaque");
  return {
    realm,
    nonce,
    ...algorithm,
    hasQop: protections !== undefined,
    ...(opaque !== undefined && { opaque }),
    isStale: fields.get("stale")?.toLowerCase() === "true",
  };
}

/** Of several challenges the one with the best hash (RFC 8760 §2.4). */
export function bestChallenge(texts: readonly string[]): DigestChallenge | undefined {
  const known = texts.map(parseChallenge).filter((challenge) => challenge !== undefined);
  return DIGEST_ALGORITHMS.map((name) => known.find(({ algorithm }) => algorithm === name)).find(Boolean);
}

export function writeChallenge({ realm, nonce, algorithm, isStale }: DigestChallenge): string {
  const stale = isStale ? ", stale=true" : "";
  return `Digest realm=${quote(realm)}, nonce=${quote(nonce)}, algorithm=${algorithm}, qop="auth"${stale}`;
}

/** Reads Authorization or Proxy-Authorization; `undefined` when it is of another scheme, or something is missing. */
export function parseCredentials(text: string): DigestCredentials | undefined {
  const fields = parseDigest(text);
  const algorithm = parseAlgorithm(fields?.get("algorithm"));
  const [username, realm, nonce] = [fields?.get("username"), fields?.get("realm"), fields?.get("nonce")];
  const [uri, response, qop] = [fields?.get("uri"), fields?.get("response"), fields?.get("qop")];
  if (!algorithm || username === undefined || realm === undefined || nonce === undefined) return undefined;
  if (uri === undefined || response === undefined || !/^[0-9a-f]{32,64}$/i.test(response)) return undefined;
  const all = { username, realm, nonce, uri, response: response.toLowerCase(), ...algorithm };
  if (qop === undefined) return all;
  const [cnonce, count] = [fields?.get("cnonce"), fields?.get("nc")];
  if (qop.toLowerCase() !== "auth" || cnonce === undefined || !/^[0-9a-f]{8}$/i.test(count ?? "")) return undefined;
  return { ...all, qop: { cnonce, count: count ?? "" } };
}

export interface DigestAnswer {
  readonly username: string;
  readonly password: string;
  readonly method: string;
  readonly uri: string;
  /** Random; used only where the challenge has `qop`. */
  readonly cnonce: string;
  /** How many requests were answered with this nonce, this one included. */
  readonly count: number;
}

/** The header that answers a challenge. */
export function writeCredentials(challenge: DigestChallenge, answer: DigestAnswer, hash: DigestHash): string {
  const { realm, nonce, algorithm, isSession, hasQop, opaque } = challenge;
  const { username, password, method, uri, cnonce } = answer;
  const count = answer.count.toString(16).padStart(8, "0");
  const qop = hasQop || isSession ? { cnonce, count } : undefined;
  const response = digestResponse(
    { username, realm, nonce, uri, algorithm, isSession, ...(qop && { qop }) },
    { password, method, hasQop },
    hash,
  );
  return [
    `Digest username=${quote(username)}`,
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(uri)}`,
    `response="${response}"`,
    `algorithm=${algorithm}${isSession ? "-sess" : ""}`,
    ...(qop ? [`cnonce=${quote(cnonce)}`] : []),
    ...(hasQop ? ["qop=auth", `nc=${count}`] : []),
    ...(opaque === undefined ? [] : [`opaque=${quote(opaque)}`]),
  ].join(", ");
}

/** What the response has to be (RFC 7616 §3.4.1). */
export function digestResponse(
  { username, realm, nonce, uri, algorithm, isSession, qop }: Omit<DigestCredentials, "response">,
  { password, method, hasQop = qop !== undefined }: { password: string; method: string; hasQop?: boolean },
  hash: DigestHash,
): string {
  const secret = hash(algorithm, `${username}:${realm}:${password}`);
  const key = isSession ? hash(algorithm, `${secret}:${nonce}:${qop?.cnonce ?? ""}`) : secret;
  const target = hash(algorithm, `${method}:${uri}`);
  const middle = qop && hasQop ? `${nonce}:${qop.count}:${qop.cnonce}:auth` : nonce;
  return hash(algorithm, `${key}:${middle}:${target}`);
}

function parseDigest(text: string): Parameters | undefined {
  const [, rest] = /^\s*Digest\s+(.*)$/is.exec(text) ?? [];
  if (rest === undefined) return undefined;
  const parameters = parseParameters(
    splitOutsideQuotes(rest, ",")
      .map((part) => `;${part}`)
      .join(""),
  );
  return parameters && new Map([...parameters].map(([name, value]) => [name, unquote(value)]));
}

function parseAlgorithm(
  text = "MD5",
): { readonly algorithm: DigestAlgorithm; readonly isSession: boolean } | undefined {
  const [, name = "", session] = /^(.*?)(-sess)?$/i.exec(text.trim()) ?? [];
  const algorithm = DIGEST_ALGORITHMS.find((known) => known === name.toUpperCase());
  return algorithm && { algorithm, isSession: session !== undefined };
}
