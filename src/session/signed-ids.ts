import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { type Clock, systemClock } from "../async/clock.ts";
import { identityName } from "./identity.ts";

export interface SignedIdsOptions {
  /** Signs the ids; processes that share it accept each other's. @default random, new for each process */
  readonly key?: string | undefined;
  /** @internal Replaced in tests. */
  readonly clock?: Clock;
  /** @internal Replaced in tests. */
  readonly nonce?: () => Uint8Array;
}

/** How long an id may wait for its offer, in milliseconds. */
const MAX_AGE_MS = 3_600_000;
/** "s1", the time of issue in seconds and a nonce of 16 bytes, and the signature of 32 bytes. */
const SHAPE = /^(s1\.([0-9a-z]{1,9})\.[\w-]{22})\.([\w-]{43})$/;

/**
 * Session ids that the server has made: nobody can guess one, or make one up, and one that was made for an identity is good for that one
 * alone. An HMAC (RFC 2104) with SHA-256 over time, nonce and identity, so that nothing has to be kept until the offer comes.
 */
export class SignedIds {
  readonly #key: string | Uint8Array;
  readonly #clock: Clock;
  readonly #nonce: () => Uint8Array;

  constructor({ key, clock = systemClock, nonce = () => randomBytes(16) }: SignedIdsOptions = {}) {
    this.#key = key ?? randomBytes(32);
    this.#clock = clock;
    this.#nonce = nonce;
  }

  /** A new id for whoever asked. */
  issue(identity: unknown): string {
    const issuedAt = Math.floor(this.#clock.wallMs() / 1000).toString(36);
    const content = `s1.${issuedAt}.${Buffer.from(this.#nonce()).toString("base64url")}`;
    return `${content}.${this.#sign(content, identity)}`;
  }

  /** Whether a session may begin with this id: it was issued to this identity, not longer than an hour ago. */
  accepts(id: string, identity: unknown): boolean {
    const [, content, issuedAt, signature] = SHAPE.exec(id) ?? [];
    if (content === undefined || issuedAt === undefined || signature === undefined) return false;
    // As text: two texts may stand for the same bytes.
    const shown = Buffer.from(signature);
    const signed = Buffer.from(this.#sign(content, identity));
    if (shown.byteLength !== signed.byteLength || !timingSafeEqual(shown, signed)) return false;
    return this.#clock.wallMs() - Number.parseInt(issuedAt, 36) * 1000 <= MAX_AGE_MS;
  }

  #sign(content: string, identity: unknown): string {
    return createHmac("sha256", this.#key)
      .update(JSON.stringify([content, identityName(identity) ?? null]))
      .digest("base64url");
  }
}

/** Anywhere in a text. */
const SIGNED = /\b(s1\.[0-9a-z]{1,9}\.[\w-]{22})\.[\w-]{43}/g;

/** A text whose signed ids have lost their signatures. */
export function withoutSignatures(text: string): string {
  return text.includes("s1.") ? text.replaceAll(SIGNED, "$1") : text;
}

/** What of a session's id may be written down: of a signed one without its signature, which gives power over the session. */
export function idForLogs(id: string): string {
  return SHAPE.exec(id)?.[1] ?? id;
}
