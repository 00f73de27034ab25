import { type Clock, systemClock } from "../../async/clock.ts";
import { toError } from "../../errors.ts";
import { refusal } from "../../protocol/refusal.ts";
import { encodeServerMessage } from "../../protocol/server-message.ts";
import { type ClientMessage, parseClientMessage } from "../../protocol/websocket/client-message.ts";
import { PONG_EVENT, encodeStartEvent } from "../../protocol/websocket/server-event.ts";
import type { Logger } from "../../session/logger.ts";
import type { AudioRates } from "../../session/peer-handler.ts";
import type { SessionRegistry } from "../../session/session-registry.ts";
import type { Session } from "../../session/session.ts";
import type { MessageSocket } from "../../sockets/message-socket.ts";
import { type LinkReceiver, SocketLink } from "../../sockets/socket-link.ts";
import { OpusCoding, PlainCoding, type SoundCoding } from "./sound-coding.ts";
import { WebSocketTransport } from "./websocket-transport.ts";

export interface WebSocketOffersOptions {
  readonly registry: SessionRegistry;
  readonly createSession: (id: string, headers: Headers) => Session;
  /** The handlers' rates: those of the wire for clients that ask for no other. */
  readonly rates: AudioRates;
  readonly logger: Logger;
  readonly clock?: Clock;
}

type StartMessage = Extract<ClientMessage, { type: "start" }>;

/** How long a client may take to say `start`, in milliseconds. */
const START_TIMEOUT_MS = 10_000;
/** A client that broke the rules (RFC 6455 §7.4.1). */
const POLICY_VIOLATION = 1008;
/** A failure on this side. */
const INTERNAL_ERROR = 1011;

/**
 * Takes the WebSockets of `websocket/offer`. A client has no place until it has said `start`; when there is none left,
 * or its id is taken, it gets the refusal that FastRTC sends, and the connection is closed.
 */
export class WebSocketOffers {
  readonly #options: WebSocketOffersOptions;

  constructor(options: WebSocketOffersOptions) {
    this.#options = options;
  }

  /** @param headers Of the request that the WebSocket began with. */
  accept(socket: MessageSocket, headers: Headers): void {
    new Greeting(this.#options, socket, headers).awaitStart();
  }
}

/** The first message of one client. */
class Greeting implements LinkReceiver {
  readonly #options: WebSocketOffersOptions;
  readonly #headers: Headers;
  readonly #link: SocketLink;
  readonly #clock: Clock;
  #cancelTimeout: () => void = () => {};
  #session: Session | undefined;

  constructor(options: WebSocketOffersOptions, socket: MessageSocket, headers: Headers) {
    const { clock = systemClock } = options;
    this.#options = options;
    this.#headers = headers;
    this.#clock = clock;
    this.#link = new SocketLink({ socket, clock, receiver: this });
  }

  awaitStart(): void {
    this.#cancelTimeout = this.#clock.after(START_TIMEOUT_MS, () =>
      this.#refuse(`No "start" came within ${START_TIMEOUT_MS / 1000} seconds.`),
    );
  }

  text(utf8: Buffer): number {
    const message = parseClientMessage(utf8.toString());
    switch (message.type) {
      case "start":
        if (!this.#session) this.#start(message);
        break;
      case "ping":
        this.#link.sendText(PONG_EVENT);
        break;
      case "stop":
        this.#close(1000);
        this.#session?.closed("peer-left");
        break;
      case "media":
        // What a client sends before it has heard that its format is ready is lost, but it began as it should.
        if (!this.#session) this.#refuse('The first message is {"event": "start", "websocket_id": …}.');
        break;
      case "invalid":
        if (!this.#session) this.#refuse(message.reason);
        break;
      case "unknown":
        break;
    }
    return 0;
  }

  binary(): number {
    if (!this.#session) this.#refuse('The first message is {"event": "start", "websocket_id": …}, as text.');
    return 0;
  }

  complain(sentence: string): void {
    this.#link.sendText(encodeServerMessage({ type: "warning", data: sentence }));
  }

  lost(reason: "peer-left" | "peer-silent", error: Error | undefined): void {
    this.#cancelTimeout();
    if (error) this.#options.logger.debug("a WebSocket failed before its first message:", error);
    this.#session?.closed(reason);
  }

  #start(message: StartMessage): void {
    const { registry, createSession } = this.#options;
    this.#cancelTimeout();
    const id = message.websocketId;
    const admission = registry.admit(id, () => createSession(id, this.#headers));
    switch (admission.type) {
      case "admitted":
        this.#session = admission.session;
        this.#prepare(admission.session, message);
        break;
      case "connection_already_exists":
        this.#link.sendText(
          JSON.stringify(
            refusal(admission.type, "A connection with this websocket_id exists already. Make a new one."),
          ),
        );
        this.#close(1000);
        break;
      case "concurrency_limit_reached": {
        const { limit } = admission;
        this.#link.sendText(
          JSON.stringify(refusal(admission.type, `All ${limit} places are taken. Try again later.`, { limit })),
        );
        this.#close(1000);
        break;
      }
    }
  }

  /** Only Opus has to be waited for: who speaks mu-law sends sound right after `start`, and none of it is lost. */
  #prepare(session: Session, start: StartMessage): void {
    const { encoding = "mulaw", channels = 1 } = start.media ?? {};
    if (encoding !== "opus") {
      this.#connect(session, start, new PlainCoding({ encoding, channels }));
      return;
    }
    OpusCoding.open({ channels }).then(
      (coding) => this.#connect(session, start, coding),
      (thrown: unknown) => this.#fail(session, toError(thrown)),
    );
  }

  #connect(session: Session, { websocketId, media }: StartMessage, coding: SoundCoding): void {
    const { rates } = this.#options;
    session.attach(new WebSocketTransport({ link: this.#link, events: session, rates, format: media, coding }));
    if (!this.#link.isOpen) return; // It left while Opus was being opened.
    if (media) this.#link.sendText(encodeStartEvent(websocketId, media));
    session.connected();
  }

  #fail(session: Session, error: Error): void {
    this.#options.logger.error(`session ${session.id} could not be started:`, error);
    this.#link.sendText(encodeServerMessage({ type: "error", data: error.message }));
    this.#close(INTERNAL_ERROR);
    session.closed("handler-failed");
  }

  #refuse(sentence: string): void {
    this.#link.sendText(encodeServerMessage({ type: "error", data: sentence }));
    this.#close(POLICY_VIOLATION);
  }

  #close(code: number): void {
    this.#cancelTimeout();
    void this.#link.close(code);
  }
}
