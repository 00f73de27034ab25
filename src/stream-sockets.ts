import type { SocketService } from "./server/socket-service.ts";
import type { Logger } from "./session/logger.ts";
import type { PeerHandlerFactory } from "./session/peer-handler.ts";
import type { Peers } from "./session/peers.ts";
import { TelephoneCalls } from "./transports/telephone/telephone-calls.ts";
import { WebSocketOffers } from "./transports/websocket/websocket-offers.ts";

/** Of the wire, for WebSocket clients that ask for no other, where the handler has none of its own. */
const DEFAULT_AUDIO_RATES = { inputSampleRate: 24_000, outputSampleRate: 24_000 };

export interface StreamSocketsOptions {
  readonly peers: Peers;
  readonly audioRates: PeerHandlerFactory["audioRates"];
  /** The auth token of the Twilio account; null lets anyone call. @default the environment's TWILIO_AUTH_TOKEN */
  readonly twilioAuthToken?: string | null | undefined;
  readonly logger: Logger;
}

/** What takes the WebSockets and telephone calls of a Stream with audio. */
export function createStreamSockets({
  peers,
  audioRates,
  twilioAuthToken,
  logger,
}: StreamSocketsOptions): SocketService {
  // oxlint-disable-next-line node/no-process-env -- a secret belongs into the environment, and this is the edge
  const authToken = twilioAuthToken === undefined ? process.env["TWILIO_AUTH_TOKEN"] : twilioAuthToken;
  const { registry } = peers;
  const offers = new WebSocketOffers({
    registry,
    createSession: (id, headers) => peers.createSession(id, "websocket", headers),
    rates: audioRates ?? DEFAULT_AUDIO_RATES,
    tokens: peers.tokens,
    logger,
  });
  const calls = new TelephoneCalls({
    registry,
    createSession: (id, headers) => peers.createSession(id, "telephone", headers),
    authToken: authToken || undefined,
    logger,
  });
  return {
    acceptWebSocket: (socket, headers) => offers.accept(socket, headers),
    acceptCall: (socket, request) => calls.accept(socket, request),
    answerCall: (request, form) => calls.incoming(request, form),
    checksCallers: Boolean(authToken),
  };
}
