/** The messages that every front end knows, on the data channel or the WebSocket. */
export type ProtocolMessage =
  /** Asks the client to post its additional inputs to the application's own route. */
  | { readonly type: "send_input" }
  /** Additional outputs are waiting to be fetched. */
  | { readonly type: "fetch_output" }
  /** The server ends the stream; `data` says why. */
  | { readonly type: "end_stream"; readonly data: string }
  | { readonly type: "stopword"; readonly data: string }
  | { readonly type: "error"; readonly data: string }
  | { readonly type: "warning"; readonly data: string }
  /** `pause_detected`, `response_starting`, `started_talking`, or an answer to what the client sent. */
  | { readonly type: "log"; readonly data: string }
  | { readonly type: "update_connection"; readonly data: "closed" }
  /** What was said, as text, for captions. */
  | { readonly type: "transcript"; readonly data: Transcript }
  /** How far a long piece of work is, before anything can be heard or seen; null when it is done. */
  | { readonly type: "progress"; readonly data: Progress | null };

/** Some words of the conversation. */
export interface Transcript {
  readonly role: "user" | "assistant";
  readonly text: string;
  /** Words that go on or correct those before with the same id take their place. */
  readonly id?: string | undefined;
}

/** A long piece of work, such as the download of a model. */
export interface Progress {
  /** What is done. */
  readonly text: string;
  /** 0 to 1; absent when nobody knows. */
  readonly value?: number | undefined;
}

/** What the server tells a client: a message of the protocol, or an application's own text, sent as it is. */
export type ServerMessage = ProtocolMessage | { readonly type: "custom"; readonly text: string };

/** What an application tells its front end: a text as it is, anything else as JSON. */
export function customMessage(message: string | object): ServerMessage {
  return { type: "custom", text: typeof message === "string" ? message : JSON.stringify(message) };
}

/**
 * The message as it goes over the wire. The text of `error` and `warning` stands under `data` and
 * under `message`: FastRTC's own server uses the second, its documentation the first, and clients of both kinds exist.
 */
export function encodeServerMessage(message: ServerMessage): string {
  switch (message.type) {
    case "custom":
      return message.text;
    case "error":
    case "warning":
      return JSON.stringify({ type: message.type, data: message.data, message: message.data });
    case "send_input":
    case "fetch_output":
      return JSON.stringify({ type: message.type, data: "" });
    case "end_stream":
    case "stopword":
    case "log":
    case "update_connection":
    case "transcript":
    case "progress":
      return JSON.stringify({ type: message.type, data: message.data });
  }
}
