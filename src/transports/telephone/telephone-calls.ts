import { type Clock, systemClock } from "../../async/clock.ts";
import { FastRtcError, toError } from "../../errors.ts";
import { hangUpTwiml, incomingCallTwiml } from "../../protocol/twilio/incoming-call.ts";
import { type TwilioMessage, parseTwilioMessage } from "../../protocol/twilio/stream-message.ts";
import type { Logger } from "../../session/logger.ts";
import type { SessionRegistry } from "../../session/session-registry.ts";
import type { Session } from "../../session/session.ts";
import type { MessageSocket } from "../../sockets/message-socket.ts";
import { type LinkReceiver, type LossReason, SocketLink } from "../../sockets/socket-link.ts";
import { publicAddress } from "./public-address.ts";
import { TelephoneTransport } from "./telephone-transport.ts";
import { isFromTwilio } from "./twilio-signature.ts";

export interface TelephoneCallsOptions {
  readonly registry: SessionRegistry;
  readonly createSession: (id: string, headers: Headers) => Session;
  /** The Twilio account's auth token; without it requests are not checked, and anyone may call. */
  readonly authToken: string | undefined;
  readonly logger: Logger;
  readonly clock?: Clock;
}

/** What a telephone company's request looks like, over HTTP or as the beginning of a WebSocket. */
export interface CallRequest {
  readonly headers: Headers;
  /** Such as "/telephone/handler". */
  readonly pathAndQuery: string;
}

/** The answer to an incoming call. */
export interface CallAnswer {
  readonly status: 200 | 400 | 403;
  readonly contentType: "application/xml" | "text/plain; charset=utf-8";
  readonly body: string;
}

const INCOMING_ROUTE = "/telephone/incoming";
const HANDLER_ROUTE = "/telephone/handler";
/** How long a stream may take to say `start`, in milliseconds. */
const START_TIMEOUT_MS = 10_000;
/** A caller that broke the rules (RFC 6455 §7.4.1). */
const POLICY_VIOLATION = 1008;

/**
 * Answers telephone calls by Twilio Media Streams: the webhook of an incoming call, and the WebSocket that Twilio then
 * opens. Calls take places and have a time limit like all other peers.
 */
export class TelephoneCalls {
  readonly #options: TelephoneCallsOptions;

  constructor(options: TelephoneCallsOptions) {
    this.#options = options;
  }

  /**
   * Answers the webhook: connects the call, or says that all lines are busy and hangs up.
   * @param form The fields that were posted.
   */
  async incoming(request: CallRequest, form: Iterable<readonly [name: string, value: string]>): Promise<CallAnswer> {
    const { registry, authToken } = this.#options;
    const address = publicAddress(request.headers, request.pathAndQuery, "https");
    if (!address) return plain(400, "The Host header is not a host.");
    const signature = request.headers.get("x-twilio-signature");
    if (authToken !== undefined && !(await isFromTwilio({ urls: address.urls, form, signature, authToken }))) {
      return plain(403, "The X-Twilio-Signature is not that of this address, form and account.");
    }
    if (registry.refuses("") !== undefined) return xml(hangUpTwiml("All lines are busy. Please call again later."));
    const [path = ""] = request.pathAndQuery.split("?");
    const prefix = path.endsWith(INCOMING_ROUTE) ? path.slice(0, -INCOMING_ROUTE.length) : path.replace(/\/$/, "");
    try {
      return xml(incomingCallTwiml({ host: address.host, path: prefix + HANDLER_ROUTE }));
    } catch (thrown) {
      if (!(thrown instanceof FastRtcError)) throw thrown;
      return plain(400, thrown.message);
    }
  }

  /** Takes the WebSocket of one call. */
  accept(socket: MessageSocket, request: CallRequest): void {
    const { authToken } = this.#options;
    const address = publicAddress(request.headers, request.pathAndQuery, "wss");
    const signature = request.headers.get("x-twilio-signature");
    const verified = authToken === undefined || isFromTwilio({ urls: address?.urls ?? [], signature, authToken });
    new Ringing(this.#options, socket, request.headers, verified).awaitStart();
  }
}

function xml(body: string): CallAnswer {
  return { status: 200, contentType: "application/xml", body };
}

function plain(status: 400 | 403, sentence: string): CallAnswer {
  return { status, contentType: "text/plain; charset=utf-8", body: `${sentence}\n` };
}

/** A call whose stream has not said `start`. */
class Ringing implements LinkReceiver {
  readonly #options: TelephoneCallsOptions;
  readonly #headers: Headers;
  readonly #link: SocketLink;
  readonly #clock: Clock;
  readonly #verified: boolean | Promise<boolean>;
  #cancelTimeout: () => void = () => {};
  #started = false;

  constructor(
    options: TelephoneCallsOptions,
    socket: MessageSocket,
    headers: Headers,
    verified: boolean | Promise<boolean>,
  ) {
    const { clock = systemClock } = options;
    this.#options = options;
    this.#headers = headers;
    this.#clock = clock;
    this.#verified = verified;
    this.#link = new SocketLink({ socket, clock, receiver: this });
  }

  awaitStart(): void {
    this.#cancelTimeout = this.#clock.after(START_TIMEOUT_MS, () => this.#refuse('no "start" came in time'));
  }

  text(utf8: Buffer): number {
    if (this.#started) return 0;
    const message = parseTwilioMessage(utf8.toString());
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

  async #start({ streamSid }: Extract<TwilioMessage, { type: "start" }>): Promise<void> {
    const { registry, createSession, logger } = this.#options;
    this.#started = true;
    this.#cancelTimeout();
    if (this.#verified !== true && !(await this.#verified)) {
      this.#refuse("its X-Twilio-Signature is not that of this address and account");
      return;
    }
    if (!this.#link.isOpen) return;
    const admission = registry.admit(streamSid, () => createSession(streamSid, this.#headers));
    if (admission.type !== "admitted") {
      // The call goes on with what its TwiML says after the stream.
      logger.info(`telephone stream ${streamSid} was turned down: ${admission.type}`);
      await this.#link.close();
      return;
    }
    const { session } = admission;
    session.attach(
      new TelephoneTransport({ link: this.#link, events: session, streamSid, logger, clock: this.#clock }),
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
