/** Why a session ended. */
export type CloseReason =
  /** The peer closed the connection: tab closed, stop pressed, page reloaded. */
  | "peer-left"
  /** Nothing came from the peer for too long: browser killed, network gone. */
  | "peer-silent"
  /** No connection came about in time. */
  | "connect-timeout"
  /** The connection failed, by its ICE or DTLS state. */
  | "connection-failed"
  | "time-limit"
  /** The handler returned CloseStream. */
  | "handler-closed"
  /** `startUp` of the handler failed. */
  | "handler-failed"
  /** The application asked for it, by `updateConnection(id, "closed")`. */
  | "application-closed"
  /** The handler has nothing more to send. */
  | "handler-ended"
  | "server-stopped";

/** What the peer is told when the server ends the stream, or undefined when it can no longer hear it. */
export function closeMessage(reason: CloseReason): string | undefined {
  switch (reason) {
    case "peer-left":
    case "peer-silent":
    case "connect-timeout":
    case "connection-failed":
      return undefined;
    case "handler-closed":
    case "application-closed":
      return "The stream was closed.";
    case "handler-failed":
      return "The stream could not be started.";
    case "time-limit":
      return "The time limit was reached.";
    case "handler-ended":
      return "The stream has ended.";
    case "server-stopped":
      return "The server is stopping.";
  }
}
