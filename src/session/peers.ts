import { type Clock, systemClock } from "../async/clock.ts";
import { invariant } from "../errors.ts";
import type { AdditionalInput } from "../ui/additional-input.ts";
import type { AdditionalOutput } from "../ui/additional-output.ts";
import type { OfferReply } from "../protocol/offer-reply.ts";
import { encodeServerStats } from "../protocol/server-stats.ts";
import type { Identity } from "./identity.ts";
import type { Logger } from "./logger.ts";
import type { Modality, Mode } from "./modality.ts";
import type { PeerHandlerFactory } from "./peer-handler.ts";
import { PeerInputs } from "./peer-inputs.ts";
import { PeerOutputs } from "./peer-outputs.ts";
import { SessionArrivals, unknownConnection } from "./session-arrivals.ts";
import type { SessionObserver } from "./session-observer.ts";
import { type Refusal, SessionRegistry } from "./session-registry.ts";
import { Session } from "./session.ts";
import { SessionTrace } from "./session-trace.ts";
import { SessionTokens } from "./session-tokens.ts";
import { idForLogs } from "./signed-ids.ts";
import { StreamLog } from "./stream-log.ts";
import { StreamMetrics } from "./stream-metrics.ts";
import { ShownOutputs } from "./shown-outputs.ts";
import { VisitorRequests } from "./visitor-requests.ts";
import { visitorStats } from "./visitor-stats.ts";
import type { Transport } from "./transport.ts";

/** Refusals for want of a place, which the registry counts. */
const COUNTED_BY_REGISTRY: ReadonlySet<string> = new Set<Refusal["type"]>([
  "concurrency_limit_reached",
  "connection_already_exists",
  "server_draining",
]);

export interface PeersOptions {
  readonly modality: Modality;
  readonly mode: Mode;
  readonly handlers: PeerHandlerFactory;
  readonly additionalInputs: readonly AdditionalInput[];
  readonly additionalOutputs?: readonly AdditionalOutput[];
  readonly additionalOutputsHandler?: ((...args: unknown[]) => unknown) | undefined;
  /** How many there may be at once; null for any number. */
  readonly concurrencyLimit: number | null;
  /** Seconds that each may stay; null for any time. */
  readonly timeLimit?: number | null | undefined;
  readonly logger: Logger;
  /** @internal Replaced in tests. */
  readonly clock?: Clock;
}

/** What a session begins with besides its headers. */
export interface SessionOrigin {
  /** Whose it is. @default nobody was asked */
  readonly identity?: Identity | undefined;
  /** The time by which it runs. @default that of all peers */
  readonly clock?: Clock | undefined;
}

/** The peers of one Stream: how each one's session begins, what they are given and give, and how they are found. */
export class Peers {
  readonly registry: SessionRegistry;
  readonly inputs: PeerInputs;
  readonly outputs: PeerOutputs;
  /** With which they take their sessions over, whatever carries those. */
  readonly tokens = new SessionTokens();
  /** What they do together. */
  readonly metrics = new StreamMetrics();
  readonly #options: PeersOptions;
  readonly #arrivals: SessionArrivals;
  #servesPage = false;
  readonly #listeners = new Set<(session: Session) => SessionObserver>();

  constructor(options: PeersOptions) {
    const { additionalInputs, concurrencyLimit, logger, clock = systemClock } = options;
    const find = (id: string): Session | undefined => this.registry.get(id);
    this.#options = options;
    this.registry = new SessionRegistry(concurrencyLimit ?? Infinity, (refusal) => this.metrics.refused(refusal.type));
    this.inputs = new PeerInputs({ inputs: additionalInputs, find, logger });
    this.#arrivals = new SessionArrivals({ clock, find });
    this.outputs = new PeerOutputs(this.#arrivals);
  }

  /** Counts a reply that turns a request down. Those for want of a place the registry counts, whatever the transport. */
  countRefusal(reply: OfferReply): void {
    if (!("status" in reply) || reply.status !== "failed") return;
    const { error } = reply.meta;
    if (!COUNTED_BY_REGISTRY.has(error)) this.metrics.refused(error);
  }

  /** Whether peers are sent sound. */
  get sendsAudio(): boolean {
    return this.#options.modality !== "video" && this.#options.mode !== "send";
  }

  /**
   * Makes the session of a peer that has been admitted; it leaves its place when it ends.
   */
  createSession(
    id: string,
    kind: Transport["kind"],
    headers?: Headers,
    { identity, clock = this.#options.clock }: SessionOrigin = {},
  ): Session {
    const { handlers, timeLimit } = this.#options;
    const logger = this.#logOf(id, kind);
    const session: Session = new Session({
      id,
      kind,
      headers,
      identity,
      handler: handlers.create(),
      takeMessage: (text) => requests.take(text),
      initialInputs: this.inputs.initial((values) => session.inputs.begin(values)),
      timeLimit: timeLimit ?? undefined,
      logger,
      trace: SessionTrace.begin(id, kind),
      onHandled: this.metrics.handled,
      onEnd: (ended, reason) => {
        this.metrics.ended(ended, reason);
        this.registry.leave(ended);
        this.#arrivals.left(ended);
      },
      ...(clock && { clock }),
    });
    const shown = this.#shownOutputs(session);
    const requests = new VisitorRequests({
      isAnswered: this.#servesPage,
      setInputs: (values) => this.inputs.setByVisitor(session, values),
      showOutputs: () => shown?.begin(),
      tellStats: () => session.sendMessage({ type: "custom", text: encodeServerStats(visitorStats(session.stats())) }),
    });
    for (const listener of this.#listeners) session.observe(listener(session));
    this.#arrivals.arrived(session);
    return session;
  }

  /** Sessions that begin from now on let their client set the additional inputs and be shown the outputs. */
  servePage(): void {
    this.#servesPage = true;
  }

  #logOf(id: string, transport: Transport["kind"]): Logger {
    const { logger } = this.#options;
    return logger instanceof StreamLog ? logger.with({ sessionId: idForLogs(id), transport }) : logger;
  }

  #shownOutputs(session: Session): ShownOutputs | undefined {
    const {
      additionalInputs: inputs,
      additionalOutputs: outputs = [],
      additionalOutputsHandler: handler,
    } = this.#options;
    if (!this.#servesPage || outputs.length === 0) return undefined;
    return new ShownOutputs(session, { inputs, outputs, handler });
  }

  /** Calls `listener` for each session from now on; what it returns looks on at it. The function returned ends that. */
  onSession(listener: (session: Session) => SessionObserver): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * The session of a peer.
   * @throws {FastRtcError} `unknown_connection`.
   */
  get(id: string): Session {
    const session = this.registry.get(id);
    if (session) return session;
    throw unknownConnection(id);
  }
}

const peersOfStreams = new WeakMap<object, Peers>();

/** Keeps the peers of a Stream for those parts of the package that are not reached through its methods. */
export function keepPeersOf(stream: object, peers: Peers): void {
  peersOfStreams.set(stream, peers);
}

/** The peers of a Stream. */
export function peersOf(stream: object): Peers {
  const peers = peersOfStreams.get(stream);
  invariant(peers, "every Stream has peers");
  return peers;
}
