import { FastRtcError } from "./errors.ts";
import type { StreamAccess } from "./server/access/access.ts";
import type { SocketService } from "./server/socket-service.ts";
import type { CarrierOptions } from "./session/carrier-options.ts";
import type { Logger } from "./session/logger.ts";
import type { PeerHandlerFactory } from "./session/peer-handler.ts";
import type { Peers } from "./session/peers.ts";
import { configuredCarriers } from "./transports/telephone/configured-carriers.ts";
import { TelephoneCalls } from "./transports/telephone/telephone-calls.ts";
import { twilioCarrier } from "./transports/telephone/twilio-carrier.ts";
import { WebSocketOffers } from "./transports/websocket/websocket-offers.ts";

/** Of the wire, for WebSocket clients that ask for no other, where the handler has none of its own. */
const DEFAULT_AUDIO_RATES = { inputSampleRate: 24_000, outputSampleRate: 24_000 };

export interface StreamSocketsOptions {
  readonly peers: Peers;
  readonly audioRates: PeerHandlerFactory["audioRates"];
  /** The auth token of the Twilio account; null lets anyone call. @default the environment's TWILIO_AUTH_TOKEN */
  readonly twilioAuthToken?: string | null | undefined;
  /** The telephone companies besides Twilio. */
  readonly carriers?: CarrierOptions | undefined;
  /** Who may begin a session. */
  readonly access: StreamAccess;
  readonly logger: Logger;
}

/** What takes the WebSockets and telephone calls of a Stream with audio. */
export function createStreamSockets({
  peers,
  audioRates,
  twilioAuthToken,
  carriers,
  access,
  logger,
}: StreamSocketsOptions): SocketService {
  // oxlint-disable-next-line node/no-process-env -- a secret belongs into the environment, and this is the edge
  const authToken = twilioAuthToken === undefined ? process.env["TWILIO_AUTH_TOKEN"] : twilioAuthToken;
  const { registry } = peers;
  const offers = new WebSocketOffers({
    registry,
    createSession: (id, headers, identity) => peers.createSession(id, "websocket", headers, { identity }),
    refuses: (id, identity) => {
      const refused = access.refuses(id, identity);
      if (refused) peers.countRefusal(refused);
      return refused;
    },
    rates: audioRates ?? DEFAULT_AUDIO_RATES,
    tokens: peers.tokens,
    logger,
  });
  const all = [twilioCarrier(authToken || undefined), ...configuredCarriers(carriers)];
  const calls = new Map(
    all.map((carrier) => [
      carrier.route,
      new TelephoneCalls({
        registry,
        createSession: (id, headers, identity) => peers.createSession(id, "telephone", headers, { identity }),
        carrier,
        logger,
      }),
    ]),
  );
  const callsOf = (carrier: string): TelephoneCalls => {
    const found = calls.get(carrier);
    if (found) return found;
    throw new FastRtcError(
      "invalid_argument",
      `This Stream has no carrier ${carrier}: name it in the option carriers.`,
    );
  };
  return {
    acceptWebSocket: (socket, headers, identity) => offers.accept(socket, headers, identity),
    carriers: [...calls.keys()],
    acceptCall: (socket, request, carrier = "") => callsOf(carrier).accept(socket, request),
    answerCall: (request, posted, carrier = "") => callsOf(carrier).incoming(request, posted),
    checksCallers: Boolean(authToken),
  };
}
