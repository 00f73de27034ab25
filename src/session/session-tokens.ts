import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Session } from "./session.ts";

/** What a peer shows to take its session over. */
export interface SessionClaim {
  /** The token that it was given with its first answer. */
  readonly session: string;
  /** Counts its tries; higher each time, so that a request that somebody recorded is worth nothing. */
  readonly attempt: number;
}

export interface SessionTokensOptions {
  /** Signs the tokens, 32 bytes. @default random, new for each process */
  readonly key?: Uint8Array;
  /** @internal Replaced in tests. */
  readonly nonce?: () => Uint8Array;
}

/**
 * Tokens that let a peer, and nobody who merely knows its `webrtc_id`, take over its session: an HMAC (RFC 2104) over the id and a
 * number that only this session has, so that a token dies with its session.
 */
export class SessionTokens {
  readonly #key: Uint8Array;
  readonly #nonce: () => Uint8Array;
  readonly #issued = new WeakMap<Session, { readonly token: Buffer; attempt: number }>();

  constructor({ key = randomBytes(32), nonce = () => randomBytes(16) }: SessionTokensOptions = {}) {
    this.#key = key;
    this.#nonce = nonce;
  }

  /** The session's token. */
  issue(session: Session): string {
    let issued = this.#issued.get(session);
    if (!issued) {
      const mac = createHmac("sha256", this.#key).update(this.#nonce()).update(session.id).digest("base64url");
      issued = { token: Buffer.from(mac), attempt: 0 };
      this.#issued.set(session, issued);
    }
    return issued.token.toString();
  }

  /** Whether the claim gives a right to the session; each attempt does so once. */
  accepts(session: Session, { session: token, attempt }: SessionClaim): boolean {
    const issued = this.#issued.get(session);
    const shown = Buffer.from(token);
    // The length of tokens is no secret.
    if (!issued || shown.byteLength !== issued.token.byteLength || !timingSafeEqual(shown, issued.token)) return false;
    if (attempt <= issued.attempt) return false;
    issued.attempt = attempt;
    return true;
  }
}
