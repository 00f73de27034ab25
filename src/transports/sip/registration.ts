import { FastRtcError, toError } from "../../errors.ts";
import { parseNameAddress } from "../../protocol/sip/name-address.ts";
import type { SipResponse } from "../../protocol/sip/sip-message.ts";
import { AuthorizedRequest, type SipCredentials } from "./authorized-request.ts";
import type { ClientOutcome } from "./client-transaction.ts";
import type { SipAddress } from "./sip-address.ts";
import type { SipCore, SipPlace } from "./sip-core.ts";

/** After a failure that may pass: how long until the next attempt, at first and at most, in seconds. */
const FIRST_RETRY_S = 30;
const MAX_RETRY_S = 600;
/** A registrar that gives less time than this would be asked all day, in seconds. */
const MIN_EXPIRES_S = 30;
/** The most that a registrar may ask for, in seconds. */
const MAX_EXPIRES_S = 86_400;

export interface RegistrationOptions {
  readonly core: SipCore;
  /** The registrar, such as "sip:sip.example.com". */
  readonly registrar: string;
  /** Who is registered, such as "sip:4930123@sip.example.com". */
  readonly address: string;
  readonly to: SipAddress;
  readonly place: SipPlace;
  readonly credentials: SipCredentials;
  readonly expiresS: number;
}

/**
 * Tells a registrar where its calls for us go, and again before that is forgotten (RFC 3261 §10). A failure that may pass is tried again, after
 * 30 s at first and 10 minutes at most; a wrong password is not.
 */
export class Registration {
  readonly #options: RegistrationOptions;
  readonly #callId: string;
  readonly #tag: string;
  #sequence = 0;
  #expiresS: number;
  #retryS = FIRST_RETRY_S;
  #isRegistered = false;
  #cancelTimer: () => void = () => {};
  #closed = false;

  constructor(options: RegistrationOptions) {
    this.#options = options;
    this.#callId = options.core.random(16);
    this.#tag = options.core.random(8);
    this.#expiresS = options.expiresS;
  }

  /** Whether calls reach us by the registrar, as far as it said. */
  get isRegistered(): boolean {
    return this.#isRegistered;
  }

  /**
   * Registers; resolves when it is done.
   * @throws {FastRtcError} `registration_failed` when the first attempt fails; nothing is tried again then.
   */
  async start(): Promise<void> {
    const failure = await this.#register();
    if (failure) throw failure.error;
  }

  /** Takes the registration back; the answer is not waited for. Harmless when repeated. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelTimer();
    if (this.#isRegistered) this.#send(0, () => {});
    this.#isRegistered = false;
  }

  async #register(): Promise<{ readonly error: FastRtcError; readonly retryAfterS: number | undefined } | undefined> {
    for (;;) {
      const outcome = await this.#outcome();
      const response = outcome.type === "response" ? outcome.response : undefined;
      if (response && response.status >= 200 && response.status < 300) {
        this.#succeed(response);
        return undefined;
      }
      const minExpiresS = Number(response?.headers.get("min-expires") ?? 0);
      // It wants to be asked less often (RFC 3261 §10.2.8).
      if (response?.status === 423 && minExpiresS > this.#expiresS && minExpiresS <= MAX_EXPIRES_S) {
        this.#expiresS = minExpiresS;
        continue;
      }
      this.#isRegistered = false;
      return { error: this.#failure(outcome), retryAfterS: this.#retryAfterS(outcome) };
    }
  }

  #outcome(): Promise<ClientOutcome> {
    return new Promise((resolve) =>
      this.#send(this.#expiresS, (outcome) => {
        if (outcome.type !== "response" || outcome.response.status >= 200) resolve(outcome);
      }),
    );
  }

  #succeed(response: SipResponse): void {
    const { core } = this.#options;
    this.#retryS = FIRST_RETRY_S;
    if (this.#closed) return;
    this.#isRegistered = true;
    const grantedS = Math.max(MIN_EXPIRES_S, this.#granted(response));
    // Early enough for one attempt to fail: at nine tenths, or half a minute before the end.
    const againS = Math.max(grantedS / 2, Math.min(grantedS * 0.9, grantedS - 35));
    core.logger.info(`registered as ${this.#options.address} for ${grantedS} s`);
    this.#cancelTimer = core.clock.after(againS * 1000, () => this.#again());
  }

  /** How long the registrar keeps our contact: what it says of it, or of all of them. */
  #granted({ headers }: SipResponse): number {
    const { contact } = this.#options.place;
    const ours = headers
      .list("contact")
      .map(parseNameAddress)
      .find((one) => one && contact.includes(one.uri));
    const seconds = Number(ours?.parameters.get("expires") ?? headers.get("expires") ?? this.#expiresS);
    return seconds > 0 ? Math.min(seconds, MAX_EXPIRES_S) : this.#expiresS;
  }

  #again(): void {
    const { core } = this.#options;
    this.#register()
      .then((failure) => {
        if (!failure || this.#closed) return;
        const { error, retryAfterS } = failure;
        if (retryAfterS === undefined) {
          core.logger.error("calls do not reach us any more, and it is not tried again:", error);
          return;
        }
        core.logger.warn(`calls do not reach us; it is tried again in ${retryAfterS} s:`, error);
        this.#cancelTimer = core.clock.after(retryAfterS * 1000, () => this.#again());
      })
      .catch((thrown: unknown) => core.logger.error("a registration failed:", toError(thrown)));
  }

  /** In how many seconds it is worth to try again; `undefined` when it never is. */
  #retryAfterS(outcome: ClientOutcome): number | undefined {
    const retryS = this.#retryS;
    this.#retryS = Math.min(2 * retryS, MAX_RETRY_S);
    if (outcome.type !== "response") return retryS;
    const { status, headers } = outcome.response;
    if (status < 500 && status !== 408 && status !== 480) return undefined;
    const asked = Number.parseInt(headers.get("retry-after") ?? "", 10);
    return asked > 0 ? Math.min(Math.max(asked, retryS), MAX_RETRY_S) : retryS;
  }

  #failure(outcome: ClientOutcome): FastRtcError {
    const { registrar, to, credentials, address } = this.#options;
    const where = `${registrar} (${to.address}, port ${to.port}, ${to.transport.toUpperCase()})`;
    const fail = (sentence: string, cause?: Error): FastRtcError =>
      new FastRtcError("registration_failed", sentence, cause && { cause });
    if (outcome.type === "timeout") {
      return fail(
        `The SIP server ${where} does not answer: check its name and port, and that a firewall lets it through.`,
      );
    }
    if (outcome.type === "failed") {
      return fail(`The SIP server ${where} cannot be reached: ${outcome.error.message}.`, outcome.error);
    }
    const { status, reason } = outcome.response;
    if (status === 401 || status === 407) {
      const user = JSON.stringify(credentials.user);
      return fail(`The SIP server ${where} does not accept the password of ${user}: check "user" and "password".`);
    }
    if (status === 403 || status === 404) {
      return fail(`The SIP server ${where} does not let ${address} register: it answered ${status} ${reason}.`);
    }
    return fail(`The SIP server ${where} did not register ${address}: it answered ${status} ${reason}.`);
  }

  #send(expiresS: number, onOutcome: (outcome: ClientOutcome) => void): void {
    const { core, registrar, address, to, place, credentials } = this.#options;
    new AuthorizedRequest({
      core,
      method: "REGISTER",
      uri: registrar,
      to,
      place,
      credentials,
      nextSequence: () => (this.#sequence += 1),
      headers: (sequence) => [
        ["From", `<${address}>;tag=${this.#tag}`],
        ["To", `<${address}>`],
        ["Call-ID", this.#callId],
        ["CSeq", `${sequence} REGISTER`],
        ["Contact", place.contact],
        ["Expires", String(expiresS)],
      ],
      onOutcome,
    }).start();
  }
}
