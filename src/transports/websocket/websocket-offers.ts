import { type Clock, systemClock } from "../../async/clock.ts";
import { toError } from "../../errors.ts";
import { type RefusalBody, SERVER_DRAINING, refusal } from "../../protocol/refusal.ts";
import { encodeServerMessage } from "../../protocol/server-message.ts";
import { type ClientMessage, parseClientMessage } from "../../protocol/websocket/client-message.ts";
import type { MediaFormat } from "../../protocol/websocket/media-format.ts";
import { PONG_EVENT, encodeStartEvent } from "../../protocol/websocket/server-event.ts";
import { type Identity, isSameOwner } from "../../session/identity.ts";
import type { Logger } from "../../session/logger.ts";
import type { AudioRates } from "../../session/peer-handler.ts";
import type { SessionRegistry } from "../../session/session-registry.ts";
import type { Session } from "../../session/session.ts";
import { type SessionClaim, SessionTokens } from "../../session/session-tokens.ts";
import type { TransportEvents } from "../../session/transport.ts";
import type { MessageSocket } from "../../sockets/message-socket.ts";
import { type LinkReceiver, type LossReason, SocketLink } from "../../sockets/socket-link.ts";
import { OpusCoding, PlainCoding, type SoundCoding } from "./sound-coding.ts";
import { WebSocketTransport } from "./websocket-transport.ts";

export interface WebSocketOffersOptions {
  readonly registry: SessionRegistry;
  readonly createSession: (id: string, headers: Headers, identity?: Identity) => Session;
  /** Why nobody of this identity may begin a session with this id. @default everybody may */
  readonly refuses?: (id: string, identity: Identity | undefined) => RefusalBody | undefined;
  /** The handlers' rates: those of the wire for clients that ask for no other. */
  readonly rates: AudioRates;
  /** Of the sessions that may be taken over. @default known to WebSockets alone */
  readonly tokens?: SessionTokens;
  readonly logger: Logger;
  readonly clock?: Clock;
}

type GreetingOptions = WebSocketOffersOptions & Required<Pick<WebSocketOffersOptions, "tokens">>;
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
  readonly #options: GreetingOptions;

  constructor({ tokens = new SessionTokens(), ...options }: WebSocketOffersOptions) {
    this.#options = { ...options, tokens };
  }

  /**
   * @param headers Of the request that the WebSocket began with.
   * @param identity Whose it is.
   */
  accept(socket: MessageSocket, headers: Headers, identity?: Identity): void {
    new Greeting(this.#options, socket, { headers, identity }).awaitStart();
  }
}

/** The first message of one client. */
class Greeting implements LinkReceiver {
  readonly #options: GreetingOptions;
  readonly #headers: Headers;
  readonly #identity: Identity | undefined;
  readonly #link: SocketLink;
  readonly #clock: Clock;
  #cancelTimeout: () => void = () => {};
  /** Who is told of the connection once it has a session. */
  #events: TransportEvents | undefined;

  constructor(
    options: GreetingOptions,
    socket: MessageSocket,
    { headers, identity }: { readonly headers: Headers; readonly identity: Identity | undefined },
  ) {
    const { clock = systemClock } = options;
    this.#options = options;
    this.#headers = headers;
    this.#identity = identity;
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
        if (!this.#events) this.#start(message);
        break;
      case "ping":
        this.#link.sendText(PONG_EVENT);
        break;
      case "stop":
        this.#close(1000);
        this.#events?.closed("peer-left");
        break;
      case "message":
      case "media":
        // What a client sends before it has heard that its format is ready is lost, but it began as it should.
        if (!this.#events) this.#refuse('The first message is {"event": "start", "websocket_id": …}.');
        break;
      case "invalid":
        if (!this.#events) this.#refuse(message.reason);
        break;
      case "unknown":
        break;
    }
    return 0;
  }

  binary(): number {
    if (!this.#events) this.#refuse('The first message is {"event": "start", "websocket_id": …}, as text.');
    return 0;
  }

  complain(sentence: string): void {
    this.#link.sendText(encodeServerMessage({ type: "warning", data: sentence }));
  }

  lost(reason: LossReason, error: Error | undefined): void {
    this.#cancelTimeout();
    if (error) this.#options.logger.debug("a WebSocket failed before its first message:", error);
    this.#events?.closed(reason === "connection-failed" ? "peer-left" : reason);
  }

  #start(message: StartMessage): void {
    const { registry, createSession } = this.#options;
    this.#cancelTimeout();
    const id = message.websocketId;
    if (typeof message.resume === "object") {
      this.#takeOver(message, message.resume);
      return;
    }
    const refused = this.#options.refuses?.(id, this.#identity);
    if (refused) {
      this.#turnDown(refused);
      return;
    }
    const admission = registry.admit(id, () => createSession(id, this.#headers, this.#identity));
    switch (admission.type) {
      case "admitted":
        this.#prepare(admission.session, message);
        break;
      case "connection_already_exists":
        this.#turnDown(refusal(admission.type, "A connection with this websocket_id exists already. Make a new one."));
        break;
      case "concurrency_limit_reached": {
        const { limit } = admission;
        this.#turnDown(refusal(admission.type, `All ${limit} places are taken. Try again later.`, { limit }));
        break;
      }
      case "server_draining":
        this.#turnDown(refusal(admission.type, SERVER_DRAINING));
        break;
    }
  }

  /** A client whose connection broke, or found no way by WebRTC, goes on with its session. */
  #takeOver({ websocketId, media }: StartMessage, claim: SessionClaim): void {
    const { registry, tokens, rates } = this.#options;
    const session = registry.get(websocketId);
    if (!session) {
      this.#turnDown(refusal("unknown_connection", "The session is over. Connect anew."));
      return;
    }
    if (!isSameOwner(session.context.identity, this.#identity) || !tokens.accepts(session, claim)) {
      this.#turnDown(refusal("connection_already_exists", "This session belongs to another client."));
      return;
    }
    if (!media || media.encoding === "opus") {
      this.#turnDown(
        refusal("unsupported_codec", 'A session goes on with "media" whose "encoding" is "pcm16" or "mulaw".'),
      );
      return;
    }
    // Once it runs its sound is made already: the client is told how.
    const begun = session.state === "connecting" ? undefined : session.audioFormat;
    const { sampleRate, channels } = begun ?? media;
    const format: MediaFormat = { ...media, sampleRate, channels };
    const takeover = session.continuity.begin();
    this.#events = takeover;
    const coding = new PlainCoding({ encoding: media.encoding, channels });
    const events = takeover;
    takeover.attach(new WebSocketTransport({ link: this.#link, events, rates, format, coding, resumes: true }));
    this.#link.sendText(encodeStartEvent(websocketId, format, claim.session));
    takeover.connected();
  }

  #turnDown(body: RefusalBody): void {
    this.#link.sendText(JSON.stringify(body));
    this.#close(1000);
  }

  /** Only Opus has to be waited for: who speaks mu-law sends sound right after `start`, and none of it is lost. */
  #prepare(session: Session, start: StartMessage): void {
    this.#events = session;
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

  #connect(session: Session, { websocketId, media, resume }: StartMessage, coding: SoundCoding): void {
    const { rates, tokens } = this.#options;
    // Only a client that gets an answer learns its token.
    const resumes = resume === true && media !== undefined;
    const link = this.#link;
    session.attach(new WebSocketTransport({ link, events: session, rates, format: media, coding, resumes }));
    if (!link.isOpen) return; // It left while Opus was being opened.
    if (resumes) session.continuity.allow();
    if (media) link.sendText(encodeStartEvent(websocketId, media, resumes ? tokens.issue(session) : undefined));
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
