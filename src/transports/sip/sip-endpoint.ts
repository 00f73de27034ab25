import { randomBytes, randomInt } from "node:crypto";
import { type Clock, systemClock } from "../../async/clock.ts";
import { FastRtcError, toError } from "../../errors.ts";
import { quote } from "../../protocol/sip/parameters.ts";
import { type SipRequest, tagOf } from "../../protocol/sip/sip-message.ts";
import { type SipUri, parseSipUri, writeHostPort, writeSipUri } from "../../protocol/sip/sip-uri.ts";
import type { Logger } from "../../session/logger.ts";
import { CallMedia } from "./call-media.ts";
import { dialogKey } from "./dialog.ts";
import { Gatekeeper } from "./gatekeeper.ts";
import { type CallSessions, IncomingCall } from "./incoming-call.ts";
import { addressToward, locate } from "./locate.ts";
import { OutgoingCall } from "./outgoing-call.ts";
import { Registration } from "./registration.ts";
import { openRtpPorts } from "./rtp-ports.ts";
import type { ServerTransaction } from "./server-transaction.ts";
import type { SipAddress } from "./sip-address.ts";
import { ABILITIES, type SipCore, type SipPlace } from "./sip-core.ts";
import { type ResolvedSipOptions, type SipCallOptions, type SipOptions, parseSipOptions } from "./sip-options.ts";
import { SipSockets } from "./sip-sockets.ts";
import { type Screening, TransactionLayer } from "./transaction-layer.ts";

/** How long answers to our goodbyes are waited for, in milliseconds. */
const GOODBYE_MS = 1000;
/** How many ways to others are remembered. */
const MAX_PLACES = 256;
/** How long somebody is let ring, in milliseconds. */
const RING_MS = 60_000;
/** What a call without an account says that it is from (RFC 3261 §8.1.1.3). */
const NOBODY = "anonymous";

export interface SipEndpointInit {
  readonly sessions: CallSessions;
  readonly logger: Logger;
  /** @internal Replaced in tests. */
  readonly clock?: Clock;
}

/** A call that was made and answered. */
export interface SipCallHandle {
  /** By which `stream.setInput`, `stream.stats` and the others know it. */
  readonly webrtcId: string;
  /** Hangs up. Harmless when repeated. */
  hangUp(): Promise<void>;
}

/** A telephone of one's own: answers SIP calls, and makes them. `stream.sip()` opens one. */
export class SipEndpoint implements AsyncDisposable {
  readonly #options: ResolvedSipOptions;
  readonly #init: SipEndpointInit;
  readonly #clock: Clock;
  readonly #gatekeeper: Gatekeeper;
  readonly #layer: TransactionLayer;
  readonly #core: SipCore;
  readonly #ringing = new Set<IncomingCall>();
  readonly #places = new Map<string, Promise<string>>();
  readonly #abort = new AbortController();
  #sockets: SipSockets | undefined;
  #registration: Registration | undefined;
  #closing: Promise<void> | undefined;

  private constructor(options: ResolvedSipOptions, init: SipEndpointInit) {
    const { logger, clock = systemClock } = init;
    this.#options = options;
    this.#init = init;
    this.#clock = clock;
    this.#gatekeeper = new Gatekeeper({ ...options, realm: "fastrtc", clock, logger });
    for (const range of ["127.0.0.0/8", "::1"]) this.#gatekeeper.allow(range);
    const random = (bytes: number): string => randomBytes(bytes).toString("hex");
    this.#layer = new TransactionLayer({
      clock,
      logger,
      random,
      send: (bytes, to, onFailure) => this.#sockets?.send(bytes, to, onFailure),
      user: {
        screen: (request, source) => this.#screen(request, source),
        knows: ({ address }) => this.#gatekeeper.allows(address),
        request: (transaction) => this.#take(transaction),
        acknowledged: (request) => this.#core.calls.get(keyOf(request))?.acknowledged(request),
      },
    });
    this.#core = {
      clock,
      logger,
      layer: this.#layer,
      random,
      calls: new Map(),
      place: (peer) => this.#place(peer),
      openMedia: (peer, place) => this.#openMedia(peer, place),
    };
  }

  /** @internal Use `stream.sip()`. */
  static async open(options: SipOptions, init: SipEndpointInit): Promise<SipEndpoint> {
    const resolved = parseSipOptions(options);
    const endpoint = new SipEndpoint(resolved, init);
    const { transport: transports, address, port } = resolved;
    endpoint.#sockets = await SipSockets.open({
      transports,
      address,
      port,
      clock: endpoint.#clock,
      logger: init.logger,
      mayConnect: (from) => endpoint.#gatekeeper.answers(from),
      onMessage: (bytes, source) => endpoint.#layer.receive(bytes, source),
    });
    try {
      await endpoint.#register();
    } catch (thrown) {
      await endpoint.close();
      throw thrown;
    }
    init.logger.info(`answering SIP calls at ${writeHostPort(address, endpoint.port)}, ${transports.join(" and ")}`);
    return endpoint;
  }

  /** The port of SIP. */
  get port(): number {
    return this.#sockets?.port ?? this.#options.port;
  }

  /** Whether the server of `register` sends its calls here; false when no account was given, or the last attempt failed. */
  get registered(): boolean {
    return this.#registration?.isRegistered ?? false;
  }

  /**
   * Calls somebody; resolves when they answer. The call is a session of the stream, with its handler, limits and statistics.
   * @param target a number, which the server of `register` is asked for, or an address such as "sip:alice@192.0.2.7".
   * @throws {FastRtcError} `call_failed` when nobody answers, or the call is refused; `invalid_argument` for a target that is none.
   */
  async call(target: string, options: SipCallOptions = {}): Promise<SipCallHandle> {
    if (this.#closing) throw new FastRtcError("call_failed", "This SIP endpoint is closed.");
    const { register } = this.#options;
    const { ringMs = RING_MS, user = register?.user, password = register?.password, signal } = options;
    const { uri, server } = this.#target(target);
    const { sessions } = this.#init;
    const refusal = sessions.registry.refuses("");
    if (refusal) throw new FastRtcError("call_failed", `No call can be made now: ${refusal.type}.`);
    const to = await this.#locate(server);
    if (!to) {
      throw new FastRtcError(
        "call_failed",
        `The address of ${server.host} is not known: check the name, and the network's DNS.`,
      );
    }
    const place = await this.#place(to);
    const media = await this.#openMedia(to, place);
    const call = new OutgoingCall({
      core: this.#core,
      sessions,
      uri: writeSipUri(uri),
      from: fromOf(options.from, user, register?.server.host ?? place.host),
      to,
      place,
      media,
      credentials: user !== undefined && password !== undefined ? { user, password } : undefined,
      ringMs,
      signal: signal ? AbortSignal.any([signal, this.#abort.signal]) : this.#abort.signal,
    });
    const session = await call.answered();
    return { webrtcId: session.id, hangUp: () => session.end("application-closed") };
  }

  /** Hangs up all calls, takes the registration back and closes the ports. Harmless when repeated. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** The same as `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    this.#abort.abort();
    for (const call of this.#ringing) call.stop();
    for (const call of this.#core.calls.values()) call.stop();
    this.#registration?.close();
    const timeout = new AbortController();
    const late = this.#clock.sleep(GOODBYE_MS, timeout.signal).catch(() => {});
    await Promise.race([this.#layer.idle(), late]);
    timeout.abort();
    this.#layer.end();
    await this.#sockets?.close();
  }

  async #register(): Promise<void> {
    const { register } = this.#options;
    if (!register) return;
    const { server, user, password, expiresS } = register;
    const { host, port } = server;
    const to = await this.#locate(server);
    if (!to) {
      throw new FastRtcError(
        "registration_failed",
        `The address of the SIP server ${host} is not known: check the name, and the network's DNS.`,
      );
    }
    this.#gatekeeper.allow(to.address);
    this.#registration = new Registration({
      core: this.#core,
      registrar: writeSipUri(plainUri({ host, port })),
      address: writeSipUri(plainUri({ user, host })),
      to,
      place: await this.#place(to),
      credentials: { user, password },
      expiresS,
    });
    await this.#registration.start();
  }

  #locate(uri: SipUri): Promise<SipAddress | undefined> {
    return locate(uri, this.#options.transport);
  }

  /** Whom a call is for, and whom it is asked of. */
  #target(target: string): { readonly uri: SipUri; readonly server: SipUri } {
    const { register } = this.#options;
    const server = register?.server;
    if (/^\+?[\d*#().\s-]+$/.test(target) && server) {
      const user = target.replaceAll(/[().\s-]/g, "").replaceAll("#", "%23");
      return { uri: plainUri({ user, host: server.host, port: server.port }), server };
    }
    const uri = parseSipUri(target);
    if (uri?.scheme === "sip") return { uri, server: server && uri.host === server.host ? server : uri };
    const advice = register ? "a number" : 'a number with "register"';
    throw new FastRtcError(
      "invalid_argument",
      `${JSON.stringify(target)} cannot be called: it has to be ${advice}, or an address such as "sip:alice@192.0.2.7".`,
    );
  }

  #screen(request: SipRequest, source: SipAddress): Screening {
    if (this.#closing) return { type: "ignore" };
    // The tags of a call are known to its two sides alone.
    if (tagOf(request.to) !== undefined && this.#core.calls.has(keyOf(request))) return { type: "accept" };
    return this.#gatekeeper.screen(request, source);
  }

  #take(transaction: ServerTransaction): void {
    const { request } = transaction;
    const toTag = this.#core.random(8);
    if (tagOf(request.to) !== undefined) {
      const call = this.#core.calls.get(keyOf(request));
      if (call) call.request(transaction);
      else transaction.respond({ status: 481 });
      return;
    }
    switch (request.method) {
      case "INVITE": {
        const { sessions, logger } = this.#init;
        const { ringMs } = this.#options;
        const call = new IncomingCall({ core: this.#core, sessions, invite: transaction, ringMs });
        this.#ringing.add(call);
        call
          .take()
          .catch((thrown: unknown) => logger.error("a telephone call could not be answered:", toError(thrown)))
          .finally(() => this.#ringing.delete(call));
        break;
      }
      case "OPTIONS":
        transaction.respond({ status: 200, toTag, headers: ABILITIES });
        break;
      case "BYE":
      case "INFO":
        transaction.respond({ status: 481, toTag });
        break;
      default:
        transaction.respond({ status: 405, toTag, headers: ABILITIES });
    }
  }

  async #place({ address, transport }: SipAddress): Promise<SipPlace> {
    const { publicAddress, address: own, register } = this.#options;
    const isOne = own !== "0.0.0.0" && own !== "::";
    const host = publicAddress ?? (isOne ? own : await this.#hostToward(address));
    const { port } = this;
    const user = register?.user ?? "fastrtc";
    return {
      host,
      port,
      contact: `<sip:${user}@${writeHostPort(host, port)}${transport === "tcp" ? ";transport=tcp" : ""}>`,
    };
  }

  #hostToward(address: string): Promise<string> {
    const known = this.#places.get(address);
    if (known) return known;
    const host = addressToward(address);
    this.#places.set(address, host);
    if (this.#places.size > MAX_PLACES) {
      const [oldest] = this.#places.keys();
      if (oldest !== undefined) this.#places.delete(oldest);
    }
    return host;
  }

  async #openMedia(peer: SipAddress, place: SipPlace): Promise<CallMedia> {
    const { address, rtpPorts, codecs } = this.#options;
    const { logger } = this.#init;
    const random = (below: number): number => randomInt(below);
    const ports = await openRtpPorts(address, rtpPorts, random);
    return new CallMedia({
      ports,
      address: place.host,
      codecs,
      clock: this.#clock,
      logger,
      random,
      signallingAddress: peer.address,
    });
  }
}

/** By which a request within a call is found: our tag is the one of its To. */
function keyOf(request: SipRequest): string {
  return dialogKey(request.callId, tagOf(request.to) ?? "", tagOf(request.from) ?? "");
}

/** Who calls, as From has it. */
function fromOf(from: string | undefined, user = NOBODY, host: string): string {
  const own = writeSipUri(plainUri({ user, host }));
  if (from === undefined) return `<${own}>`;
  const uri = parseSipUri(from);
  if (uri) return `<${writeSipUri(uri)}>`;
  if (/^\+?\d{1,20}$/.test(from)) return `<${writeSipUri(plainUri({ user: from, host }))}>`;
  if (/[\u0000-\u001F\u007F]/.test(from)) {
    throw new FastRtcError(
      "invalid_argument",
      '"from" is a name, a number or an address such as "sip:alice@example.com".',
    );
  }
  return `${quote(from)} <${own}>`;
}

function plainUri({ user, host, port }: { user?: string; host: string; port?: number | undefined }): SipUri {
  const parts = { ...(user !== undefined && { user }), ...(port !== undefined && { port }) };
  return { scheme: "sip", host, ...parts, parameters: new Map() };
}
