import { createHash } from "node:crypto";
import { type DigestHash, bestChallenge, writeCredentials } from "../../protocol/sip/digest.ts";
import type { SipResponse } from "../../protocol/sip/sip-message.ts";
import type { HeaderLine, SipBody } from "../../protocol/sip/write-sip-message.ts";
import type { ClientOutcome } from "./client-transaction.ts";
import type { SipAddress } from "./sip-address.ts";
import type { SipCore, SipPlace } from "./sip-core.ts";

/** How often a nonce may be too old before it is given up. */
const MAX_STALE = 2;

export interface SipCredentials {
  readonly user: string;
  readonly password: string;
}

export interface AuthorizedRequestOptions {
  readonly core: SipCore;
  readonly method: string;
  readonly uri: string;
  readonly to: SipAddress;
  readonly place: SipPlace;
  readonly credentials?: SipCredentials | undefined;
  /** The number of the next attempt. */
  readonly nextSequence: () => number;
  readonly headers: (sequence: number) => readonly HeaderLine[];
  readonly body?: SipBody | undefined;
  /** As of a transaction, without the challenges that are answered. */
  readonly onOutcome: (outcome: ClientOutcome) => void;
}

/** A request that says who we are when it is asked: once, because a password that is wrong stays wrong (RFC 3261 §22). */
export class AuthorizedRequest {
  readonly #options: AuthorizedRequestOptions;
  /** What answers the challenges so far, by the header that it goes into. */
  readonly #answers = new Map<"Authorization" | "Proxy-Authorization", string>();
  #staleCount = 0;
  #branch = "";
  #sequence = 0;

  constructor(options: AuthorizedRequestOptions) {
    this.#options = options;
  }

  /** Of the attempt that is under way, by which a CANCEL names it. */
  get branch(): string {
    return this.#branch;
  }

  get sequence(): number {
    return this.#sequence;
  }

  /** Sends it. */
  start(): void {
    const { core, method, uri, to, place, headers, body, nextSequence } = this.#options;
    this.#sequence = nextSequence();
    const sequence = this.#sequence;
    this.#branch = core.layer.request({
      method,
      uri,
      headers: [...headers(sequence), ...this.#answers],
      body,
      to,
      from: place,
      onOutcome: (outcome) => this.#settle(outcome),
    });
  }

  #settle(outcome: ClientOutcome): void {
    if (outcome.type === "response" && this.#answer(outcome.response)) this.start();
    else this.#options.onOutcome(outcome);
  }

  /** Answers a challenge; false when it is none, or none that we can answer. */
  #answer({ status, headers }: SipResponse): boolean {
    const { core, credentials, method, uri } = this.#options;
    if ((status !== 401 && status !== 407) || !credentials) return false;
    const name = status === 401 ? "Authorization" : "Proxy-Authorization";
    const challenge = bestChallenge(headers.all(status === 401 ? "www-authenticate" : "proxy-authenticate"));
    if (!challenge) return false;
    if (this.#answers.has(name)) {
      this.#staleCount += 1;
      if (!challenge.isStale || this.#staleCount > MAX_STALE) return false;
    }
    const { user: username, password } = credentials;
    const answer = { username, password, method, uri, cnonce: core.random(8), count: 1 };
    this.#answers.set(name, writeCredentials(challenge, answer, digestHash));
    return true;
  }
}

/** By Node's own implementation. */
export const digestHash: DigestHash = (algorithm, text) =>
  createHash(algorithm === "MD5" ? "md5" : "sha256")
    .update(text, "utf8")
    .digest("hex");
