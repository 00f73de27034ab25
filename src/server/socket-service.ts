import type { MessageSocket } from "../sockets/message-socket.ts";

/** What the WebSocket and telephone routes need of a Stream that has audio. */
export interface SocketService {
  /** Whether telephone calls are taken only with the signature of a known account. */
  readonly checksCallers: boolean;
  /** Takes a WebSocket of `websocket/offer`. */
  acceptWebSocket(socket: MessageSocket, headers: Headers): void;
  /** Takes the WebSocket of a telephone call. */
  acceptCall(socket: MessageSocket, request: CallRequest): void;
  /** Answers the webhook of an incoming telephone call; `form` are the fields that were posted. */
  answerCall(request: CallRequest, form: Iterable<readonly [name: string, value: string]>): Promise<CallAnswer>;
}

/** A request of a telephone company, over HTTP or as the beginning of a WebSocket. */
export interface CallRequest {
  readonly headers: Headers;
  /** As it was called, such as "/telephone/incoming?line=2". */
  readonly pathAndQuery: string;
}

export interface CallAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}
