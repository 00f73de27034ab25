import type { Identity } from "../session/identity.ts";
import type { MessageSocket } from "../sockets/message-socket.ts";

/** What the WebSocket and telephone routes need of a Stream that has audio. */
export interface SocketService {
  /** Whether telephone calls are taken only with the signature of a known account. */
  readonly checksCallers: boolean;
  /** Takes a WebSocket of `websocket/offer`. */
  acceptWebSocket(socket: MessageSocket, headers: Headers, identity?: Identity): void;
  /** The telephone companies by their part of the routes: "" for Twilio's, "telnyx" for "telephone/telnyx/incoming". */
  readonly carriers: readonly string[];
  /** Takes the WebSocket of a telephone call. @param carrier one of `carriers`, "" by default */
  acceptCall(socket: MessageSocket, request: CallRequest, carrier?: string): void;
  /** Answers the webhook of an incoming telephone call. @param carrier one of `carriers`, "" by default */
  answerCall(request: CallRequest, posted: PostedCall, carrier?: string): Promise<CallAnswer>;
}

/** A request of a telephone company, over HTTP or as the beginning of a WebSocket. */
export interface CallRequest {
  readonly headers: Headers;
  /** As it was called, such as "/telephone/incoming?line=2". */
  readonly pathAndQuery: string;
  /** Whom `authenticate` took it for. */
  readonly identity?: Identity | undefined;
}

/** What was posted to the webhook of an incoming call. */
export interface PostedCall {
  /** The body as it was sent, as far as no body parser has read it before. */
  readonly body: string;
  /** Its fields, when it is a form. */
  readonly form: Iterable<readonly [name: string, value: string]>;
}

export interface CallAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}
