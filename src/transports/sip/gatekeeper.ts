import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { BlockList, isIP, isIPv4 } from "node:net";
import type { Clock } from "../../async/clock.ts";
import { DIGEST_ALGORITHMS, digestResponse, parseCredentials, writeChallenge } from "../../protocol/sip/digest.ts";
import type { SipRequest } from "../../protocol/sip/sip-message.ts";
import type { HeaderLine } from "../../protocol/sip/write-sip-message.ts";
import type { Logger } from "../../session/logger.ts";
import { digestHash } from "./authorized-request.ts";
import type { SipAddress } from "./sip-address.ts";
import { StrangerAllowance } from "./stranger-allowance.ts";
import type { Screening } from "./transaction-layer.ts";

/** How long a nonce is good for, in milliseconds. */
const NONCE_MS = 60_000;
/** What a wrong password costs of a stranger's allowance; a first question costs 1. */
const WRONG_COST = 5;
/** How often strangers are told of in the log, in milliseconds. */
const LOG_EVERY_MS = 60_000;

export interface GatekeeperOptions {
  /** Addresses and networks whose calls are taken; "anyone" for all. */
  readonly allow: readonly string[] | "anyone";
  /** Passwords by name: who knows one may call from anywhere. */
  readonly users: ReadonlyMap<string, string>;
  readonly realm: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Decides who may call: an open port of SIP is found within minutes, and calls cost money. */
export class Gatekeeper {
  readonly #options: GatekeeperOptions;
  readonly #allowed = new BlockList();
  readonly #strangers = new StrangerAllowance();
  /** With which nonces are signed, so that none has to be remembered. */
  readonly #secret = randomBytes(32);
  #loggedMs = -Infinity;
  #strangerCount = 0;

  constructor(options: GatekeeperOptions) {
    this.#options = options;
    if (options.allow !== "anyone") for (const range of options.allow) this.allow(range);
  }

  /** Takes calls of an address or a network such as "203.0.113.0/24" from now on. */
  allow(range: string): void {
    const [address = "", bits] = range.split("/");
    const family = isIPv4(address) ? "ipv4" : "ipv6";
    if (bits === undefined) this.#allowed.addAddress(address, family);
    else this.#allowed.addSubnet(address, Number(bits), family);
  }

  /** Whether calls of an address are taken without a password. */
  allows(address: string): boolean {
    if (this.#options.allow === "anyone") return true;
    return isIP(address) !== 0 && this.#allowed.check(address, isIPv4(address) ? "ipv4" : "ipv6");
  }

  /** Whether anybody at an address is spoken to at all. */
  answers(address: string): boolean {
    return this.allows(address) || this.#options.users.size > 0;
  }

  /** What is done with a request that belongs to no call. */
  screen(request: SipRequest, { address }: SipAddress): Screening {
    if (this.allows(address)) return { type: "accept" };
    const { users, clock, logger, realm } = this.#options;
    const nowMs = clock.nowMs();
    if (users.size === 0) {
      this.#tellOfStranger(address, nowMs);
      return { type: "ignore" };
    }
    const credentials = request.headers.all("authorization").map(parseCredentials).find(Boolean);
    const age = credentials && this.#nonceAge(credentials.nonce, address, nowMs);
    const isStale = age !== undefined && age > NONCE_MS;
    let cost = 1;
    if (credentials && age !== undefined && !isStale) {
      const { username, response } = credentials;
      const password = users.get(username);
      const wanted = digestResponse(credentials, { password: password ?? "", method: request.method }, digestHash);
      const isRight = sameText(wanted, response) && password !== undefined && credentials.realm === realm;
      // A URI that is not the one that was signed would let a captured answer open another door.
      if (isRight && credentials.uri === request.uri && credentials.qop) return { type: "accept" };
      cost = WRONG_COST;
      logger.warn(`a call of ${address} gave a wrong name or password`);
    }
    if (!this.#strangers.take(address, cost, nowMs)) return { type: "ignore" };
    const nonce = this.#nonce(address, nowMs);
    const headers = DIGEST_ALGORITHMS.map((algorithm): HeaderLine => {
      const challenge = { realm, nonce, algorithm, isSession: false, hasQop: true, isStale };
      return ["WWW-Authenticate", writeChallenge(challenge)];
    });
    // The tag is made of the nonce: nothing is remembered of the request.
    return { type: "reply", reply: { status: 401, toTag: nonce.slice(-16), headers } };
  }

  #nonce(address: string, nowMs: number): string {
    const time = Math.floor(nowMs).toString(36);
    return `${time}.${createHmac("sha256", this.#secret).update(`${time} ${address}`).digest("hex").slice(0, 32)}`;
  }

  /** How old a nonce of ours is, in milliseconds; `undefined` when it is none, or was another's. */
  #nonceAge(nonce: string, address: string, nowMs: number): number | undefined {
    const atMs = Number.parseInt(nonce.split(".", 1)[0] ?? "", 36);
    return sameText(this.#nonce(address, atMs), nonce) ? nowMs - atMs : undefined;
  }

  #tellOfStranger(address: string, nowMs: number): void {
    this.#strangerCount += 1;
    if (nowMs - this.#loggedMs < LOG_EVERY_MS) return;
    this.#loggedMs = nowMs;
    const count = this.#strangerCount > 1 ? ` (and ${this.#strangerCount - 1} more since the last line like this)` : "";
    this.#strangerCount = 0;
    this.#options.logger.warn(
      `a SIP request of ${address} was passed over${count}: name it in "allow", or "users" with passwords, to take its calls`,
    );
  }
}

function sameText(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
