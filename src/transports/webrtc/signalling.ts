import { systemClock } from "../../async/clock.ts";
import { FastRtcError, toError } from "../../errors.ts";
import type { OfferReply } from "../../protocol/offer-reply.ts";
import type { OfferRequest } from "../../protocol/offer-request.ts";
import { type RefusalBody, type RefusalCode, SERVER_DRAINING, refusal } from "../../protocol/refusal.ts";
import type { Negotiation } from "../../protocol/sdp/negotiation.ts";
import { parseOffer } from "../../protocol/sdp/offer.ts";
import { type Identity, isSameOwner } from "../../session/identity.ts";
import type { Logger } from "../../session/logger.ts";
import type { DegradationPreference } from "../../session/media-options.ts";
import type { ResolvedNetworkOptions } from "../../session/network-options.ts";
import type { RtcConfiguration } from "../../session/rtc-configuration.ts";
import type { Session } from "../../session/session.ts";
import type { Refusal, SessionRegistry } from "../../session/session-registry.ts";
import { type SessionClaim, SessionTokens } from "../../session/session-tokens.ts";
import type { TransportEvents } from "../../session/transport.ts";
import { type FrontPorts, relayFrontPorts } from "./front/front-ports.ts";
import { GatheringPolicy } from "./gathering-policy.ts";
import { type UdpIceServer, usableIceServers } from "./ice-servers.ts";
import { type MediaPlanOptions, planMedia } from "./media-plan.ts";
import { probeIceServer } from "./probe-ice-server.ts";
import { resolveHost } from "./resolve-host.ts";
import { WebRtcTransport } from "./webrtc-transport.ts";

/** How many different warnings are told only once. */
const MAX_WARNED = 64;

export interface SignallingOptions extends MediaPlanOptions {
  readonly registry: SessionRegistry;
  /** @param headers those of the offer's request, for the handler to see, as is whose it is */
  readonly createSession: (id: string, headers: Headers, identity?: Identity) => Session;
  /** Whether there was a session with this id that has ended. @default never */
  readonly hasLeft?: (id: string) => boolean;
  /** Of the sessions that may be taken over. @default known to WebRTC alone */
  readonly tokens?: SessionTokens;
  /** This side's STUN and TURN servers, asked for each peer; null for none. */
  readonly rtcConfiguration: () => Promise<RtcConfiguration | null>;
  /** Where peers reach this machine. @default any port of any address */
  readonly network?: ResolvedNetworkOptions | undefined;
  /** Whether peers are told of TURN servers over TCP or TLS. @default not */
  readonly toldOfTurnOverTcp?: () => boolean;
  /** What gives way when the path to a peer bears too little. @default "maintain-framerate" */
  readonly degradationPreference?: DegradationPreference | undefined;
  readonly logger: Logger;
}

/**
 * Answers offers and takes candidates. Nothing has a place until its offer has been understood,
 * and a candidate waits for the offer of its id as long as that is being answered.
 */
export class WebRtcSignalling {
  readonly #options: SignallingOptions;
  readonly #connecting = new Map<Session, Promise<WebRtcTransport>>();
  readonly #gathering: GatheringPolicy;
  readonly #tokens: SessionTokens;
  readonly #warned = new Set<string>();
  /** Whether a peer has had a relay of the kind that needs a front. */
  #peersRelayOverTcp = false;

  constructor(options: SignallingOptions) {
    this.#options = options;
    this.#tokens = options.tokens ?? new SessionTokens();
    this.#gathering = new GatheringPolicy({
      clock: systemClock,
      probe: (server) => probeIceServer(server, { bindAddress: options.network?.bindAddress }),
      resolveHost,
      onWarning: (message) => options.logger.warn(message),
    });
  }

  /** Finds out which STUN and TURN servers answer, before the first peer comes. */
  async prepare(): Promise<void> {
    await this.#gathering.learn((await this.#iceServers()).servers);
  }

  /** @param identity who asks: a session is its own identity's alone */
  async handle(request: OfferRequest, headers = new Headers(), identity?: Identity): Promise<OfferReply> {
    switch (request.type) {
      case "offer":
        return this.#answer(request, headers, identity);
      case "leave":
        return this.#leave(request, identity);
      case "ice-candidate":
        return this.#addCandidate(request, identity);
    }
  }

  async #answer(
    { webrtcId: id, sdp, resume }: Extract<OfferRequest, { type: "offer" }>,
    headers: Headers,
    identity: Identity | undefined,
  ): Promise<OfferReply> {
    const { registry, createSession } = this.#options;
    if (typeof resume === "object") return this.#takeOver(id, sdp, resume, identity);
    // Asked before the SDP is read as well: a server that is full must not spend its time on reading offers.
    const full = registry.refuses(id);
    if (full) return turnedDown(full);
    const plan = this.#plan(sdp);
    if ("status" in plan) return plan;
    const admission = registry.admit(id, () => createSession(id, headers, identity));
    if (admission.type !== "admitted") return turnedDown(admission);
    const { session } = admission;
    try {
      const transport = await this.#connect(session, plan, session);
      session.attach(transport);
      if (!resume) return { type: "answer", sdp: transport.answer };
      session.continuity.allow();
      return { type: "answer", sdp: transport.answer, session: this.#tokens.issue(session) };
    } catch (thrown) {
      await session.end("connection-failed");
      return this.#failure(thrown);
    }
  }

  /** A peer whose network changed goes on with its session, over a new connection. */
  async #takeOver(id: string, sdp: string, claim: SessionClaim, identity?: Identity): Promise<OfferReply> {
    const session = this.#options.registry.get(id);
    if (!session) return refusal("unknown_connection", "The session is over. Connect anew.");
    const isOwner = isSameOwner(session.context.identity, identity);
    if (!isOwner || !this.#tokens.accepts(session, claim)) return turnedDown({ type: "connection_already_exists" });
    const plan = this.#plan(sdp);
    if ("status" in plan) return plan;
    const takeover = session.continuity.begin();
    try {
      const transport = await this.#connect(session, plan, takeover);
      const [offered, begun] = [transport.audioFormat, session.audioFormat];
      if (offered?.channels !== begun?.channels || offered?.sampleRate !== begun?.sampleRate) {
        await transport.close();
        throw new FastRtcError(
          "unsupported_codec",
          "A session goes on with the sound that it began with: offer the same.",
        );
      }
      takeover.attach(transport);
      return { type: "answer", sdp: transport.answer, session: claim.session };
    } catch (thrown) {
      takeover.abandon();
      return this.#failure(thrown);
    }
  }

  /** A peer that gave up before its connection stood, or has lost it: its place is free at once. */
  async #leave(
    { webrtcId, claim }: Extract<OfferRequest, { type: "leave" }>,
    identity: Identity | undefined,
  ): Promise<OfferReply> {
    const session = this.#options.registry.get(webrtcId);
    const isOwner = session !== undefined && isSameOwner(session.context.identity, identity);
    if (!isOwner || !this.#tokens.accepts(session, claim)) {
      return refusal("unknown_connection", "There is no connection with this webrtc_id.");
    }
    await session.end("peer-left");
    return { status: "success" };
  }

  #plan(sdp: string): Negotiation | RefusalBody {
    try {
      return planMedia(parseOffer(sdp), this.#options);
    } catch (thrown) {
      return this.#failure(thrown);
    }
  }

  async #connect(session: Session, plan: Negotiation, events: TransportEvents): Promise<WebRtcTransport> {
    const opening = this.#iceServers().then(async ({ servers, relayOnly }) => {
      // Without its relay the peer would be told of no way at all; what is known already takes no time.
      if (relayOnly) await this.#gathering.learn(servers);
      return WebRtcTransport.open({
        plan,
        gathering: this.#gathering,
        iceServers: servers,
        relayOnly,
        network: this.#options.network,
        frontPorts: this.#frontPorts(),
        degradationPreference: this.#options.degradationPreference,
        events,
        logger: this.#options.logger,
      });
    });
    if (!this.#connecting.has(session)) {
      session.signal.addEventListener("abort", () => this.#connecting.delete(session), { once: true });
    }
    this.#connecting.set(session, opening);
    return opening;
  }

  /** What is no fault of the offer - no free socket, for instance - is for the log; the peer may try again. */
  #failure(thrown: unknown): RefusalBody {
    const offersFault = refusalOf(thrown);
    if (offersFault) return offersFault;
    this.#options.logger.error("an offer could not be answered:", toError(thrown));
    return refusal("server_unavailable", "The server cannot open a connection just now. Try again later.");
  }

  async #iceServers(): Promise<{ readonly servers: readonly UdpIceServer[]; readonly relayOnly: boolean }> {
    const { logger, network } = this.#options;
    try {
      const relays = network?.udpPort === undefined;
      const configuration = await this.#options.rtcConfiguration();
      const { servers, warnings } = usableIceServers(configuration?.iceServers ?? [], { relays });
      for (const warning of warnings) this.#warnOnce(warning);
      return { servers, relayOnly: configuration?.iceTransportPolicy === "relay" };
    } catch (thrown) {
      logger.error("connections are made without STUN and TURN servers:", toError(thrown));
      return { servers: [], relayOnly: false };
    }
  }

  /** A front costs a port and all browsers some checks that nobody answers, so that there is none until it can be of use. */
  #frontPorts(): FrontPorts {
    const { network = {}, toldOfTurnOverTcp } = this.#options;
    const useful = network.relayPort !== undefined || this.#peersRelayOverTcp || (toldOfTurnOverTcp?.() ?? false);
    return {
      udpPorts: useful ? relayFrontPorts(network) : [],
      tcpPort: network.tcpPort,
      mendsRelays: useful,
    };
  }

  #warnOnce(warning: string): void {
    if (this.#warned.has(warning)) return;
    if (this.#warned.size < MAX_WARNED) this.#warned.add(warning);
    this.#options.logger.warn(warning);
  }

  async #addCandidate(
    { webrtcId, candidate }: Extract<OfferRequest, { type: "ice-candidate" }>,
    identity: Identity | undefined,
  ): Promise<OfferReply> {
    const known = this.#options.registry.get(webrtcId);
    // For anyone else there is no such session.
    const session = known && isSameOwner(known.context.identity, identity) ? known : undefined;
    const opening = session && this.#connecting.get(session);
    if (!known && this.#options.hasLeft?.(webrtcId)) {
      return refusal("connection_closed", "The connection has been closed.");
    }
    if (!session || !opening) return refusal("unknown_connection", "There is no connection with this webrtc_id.");
    if (!candidate)
      return refusal("invalid_candidate_format", "The candidate is not one of a browser's RTCIceCandidate.");
    try {
      const transport = await opening;
      if (session.state === "ended") return refusal("connection_closed", "The connection has been closed.");
      transport.addRemoteCandidate(candidate);
      this.#peersRelayOverTcp ||= transport.peerRelaysOverTcp;
      return { status: "success" };
    } catch (thrown) {
      if (thrown instanceof FastRtcError && thrown.code === "invalid_candidate") {
        return refusal("invalid_candidate_format", thrown.message);
      }
      this.#options.logger.debug(`a candidate of ${webrtcId} came too late:`, toError(thrown));
      return refusal("connection_closed", "The connection has been closed.");
    }
  }
}

function turnedDown(refused: Refusal): OfferReply {
  switch (refused.type) {
    case "connection_already_exists":
      return refusal(
        refused.type,
        "A connection with this webrtc_id exists already. Make a new id for each connection.",
      );
    case "concurrency_limit_reached":
      return refusal(refused.type, `All ${refused.limit} places are taken. Try again later.`, { limit: refused.limit });
    case "server_draining":
      return refusal(refused.type, SERVER_DRAINING);
  }
}

/** The refusal for an error that the offer is at fault for. */
function refusalOf(thrown: unknown): RefusalBody | undefined {
  const codes: Partial<Record<FastRtcError["code"], RefusalCode>> = {
    invalid_sdp: "invalid_sdp",
    unsupported_codec: "unsupported_codec",
    extra_tracks: "extra_tracks",
  };
  const code = thrown instanceof FastRtcError ? codes[thrown.code] : undefined;
  return code && refusal(code, toError(thrown).message);
}
