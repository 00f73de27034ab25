import { randomUUID } from "node:crypto";
import { type Clock, systemClock } from "../../async/clock.ts";
import { FastRtcError, toError } from "../../errors.ts";
import type { PhoneMessage } from "../../protocol/phone-message.ts";
import { SPOKEN_WORDS } from "../../protocol/spoken-words.ts";
import type { Identity } from "../../session/identity.ts";
import type { Logger } from "../../session/logger.ts";
import type { SessionRegistry } from "../../session/session-registry.ts";
import type { Session } from "../../session/session.ts";
import type { MessageSocket } from "../../sockets/message-socket.ts";
import { type LinkReceiver, type LossReason, SocketLink } from "../../sockets/socket-link.ts";
import type { Carrier, WebhookReply } from "./carrier.ts";
import { publicAddress } from "./public-address.ts";
import { TelephoneTransport } from "./telephone-transport.ts";

export interface TelephoneCallsOptions {
  readonly registry: SessionRegistry;
  readonly createSession: (id: string, headers: Headers, identity?: Identity) => Session;
  /** The telephone company. */
  readonly carrier: Carrier;
  readonly logger: Logger;
  readonly clock?: Clock;
}

/** What a telephone company's request looks like, over HTTP or as the beginning of a WebSocket. */
export interface CallRequest {
  readonly headers: Headers;
  /** Such as "/telephone/handler". */
  readonly pathAndQuery: string;
  /** Whom it was taken for. */
  readonly identity?: Identity | undefined;
}

/** The answer to an incoming call. */
export interface CallAnswer {
  readonly status: 200 | 400 | 403;
  readonly contentType: WebhookReply["contentType"] | "text/plain; charset=utf-8";
  readonly body: string;
}

/** The last parts of the routes: of the webhook, and of the WebSocket beside it. */
const [INCOMING, HANDLER] = ["/incoming", "/handler"];
/** How long a stream may take to say `start`, in milliseconds. */
const START_TIMEOUT_MS = 10_000;
/** A caller that broke the rules (RFC 6455 §7.4.1). */
const POLICY_VIOLATION = 1008;

/** What was posted to the webhook of an incoming call. */
export interface PostedCall {
  /** The body as it was sent. */
  readonly body: string;
  /** The fields of the body, when it is a form. */
  readonly form: Iterable<readonly [name: string, value: string]>;
}

/**
 * Answers telephone calls of one company: the webhook of an incoming call, and the WebSocket that the company then opens. Calls take
 * places and have a time limit like all other peers.
 */
export class TelephoneCalls {
  readonly #options: TelephoneCallsOptions;

  constructor(options: TelephoneCallsOptions) {
    this.#options = options;
  }

  /** Answers the webhook: connects the call, or says that all lines are busy and hangs up. */
  async incoming(request: CallRequest, { body, form }: PostedCall): Promise<CallAnswer> {
    const { registry, carrier } = this.#options;
    const { headers, pathAndQuery } = request;
    const address = publicAddress(headers, pathAndQuery, "https");
    if (!address) return plain(400, "The Host header is not a host.");
    if (!(await carrier.sentWebhook({ headers, urls: address.urls, body, form: [...form] }))) {
      return plain(403, `This is not signed by ${carrier.name} for this address, body and account.`);
    }
    if (registry.refuses("") !== undefined) return { status: 200, ...carrier.hangUp(SPOKEN_WORDS.busy) };
    const [path = ""] = pathAndQuery.split("?");
    const below = path.endsWith(INCOMING) ? path.slice(0, -INCOMING.length) : path.replace(/\/$/, "");
    try {
      return { status: 200, ...carrier.connect({ host: address.host, path: below + HANDLER }) };
    } catch (thrown) {
      if (!(thrown instanceof FastRtcError)) throw thrown;
      return plain(400, thrown.message);
    }
  }

  /** Takes the WebSocket of one call. */
  accept(socket: MessageSocket, request: CallRequest): void {
    new Ringing(this.#options, socket, request).awaitStart();
  }
}

function plain(status: 400 | 403, sentence: string): CallAnswer {
  return { status, contentType: "text/plain; charset=utf-8", body: `${sentence}\n` };
}

/** A call whose stream has not said `start`. */
class Ringing implements LinkReceiver {
  readonly #options: TelephoneCallsOptions;
  readonly #request: CallRequest;
  readonly #link: SocketLink;
  readonly #clock: Clock;
  #cancelTimeout: () => void = () => {};
  #started = false;

  constructor(options: TelephoneCallsOptions, socket: MessageSocket, request: CallRequest) {
    const { clock = systemClock } = options;
    this.#options = options;
    this.#request = request;
    this.#clock = clock;
    this.#link = new SocketLink({ socket, clock, receiver: this });
  }

  awaitStart(): void {
    this.#cancelTimeout = this.#clock.after(START_TIMEOUT_MS, () => this.#refuse('no "start" came in time'));
  }

  text(utf8: Buffer): number {
    if (this.#started) return 0;
    const message = this.#options.carrier.readText(utf8.toString());
    switch (message.type) {
      case "start":
        this.#start(message).catch((thrown: unknown) => {
          this.#options.logger.error("a telephone call could not be answered:", toError(thrown));
          this.#refuse("it could not be answered");
        });
        break;
      case "stop":
        this.#cancelTimeout();
        void this.#link.close();
        break;
      case "invalid":
        this.#refuse(message.reason);
        break;
      case "media":
      case "mark":
      case "dtmf":
        this.#refuse(`"${message.type}" came before "start"`);
        break;
      case "connected":
      case "unknown":
        break;
    }
    return 0;
  }

  binary(): number {
    if (!this.#started) this.#refuse("a binary message came");
    return 0;
  }

  complain(sentence: string): void {
    this.#options.logger.warn(`telephone: ${sentence}`);
  }

  lost(_reason: LossReason, error: Error | undefined): void {
    this.#cancelTimeout();
    if (error) this.#options.logger.debug("a telephone stream failed before its start:", error);
  }

  async #start({ streamId, parameters }: Extract<PhoneMessage, { type: "start" }>): Promise<void> {
    const { registry, createSession, carrier, logger } = this.#options;
    this.#started = true;
    this.#cancelTimeout();
    const { headers, pathAndQuery } = this.#request;
    const urls = publicAddress(headers, pathAndQuery, "wss")?.urls ?? [];
    const opened = carrier.openedStream({ headers, urls, parameters });
    if (opened !== true && !(await opened)) {
      this.#refuse(`it was not opened by ${carrier.name} for a call of this account`);
      return;
    }
    if (!this.#link.isOpen) return;
    const { identity } = this.#request;
    const id = streamId || randomUUID();
    const admission = registry.admit(id, () => createSession(id, headers, identity));
    if (admission.type !== "admitted") {
      // The call goes on with what the answer to its webhook says after the stream.
      logger.info(`telephone stream ${id} was turned down: ${admission.type}`);
      await this.#link.close();
      return;
    }
    const { session } = admission;
    session.attach(
      new TelephoneTransport({ link: this.#link, events: session, carrier, streamId, logger, clock: this.#clock }),
    );
    session.connected();
  }

  #refuse(reason: string): void {
    this.#cancelTimeout();
    if (!this.#link.isOpen) return;
    this.#options.logger.warn(`a telephone stream was turned down: ${reason}`);
    void this.#link.close(POLICY_VIOLATION);
  }
}
