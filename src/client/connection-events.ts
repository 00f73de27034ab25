import type { ProtocolMessage } from "../protocol/server-message.ts";
import type { ClientError } from "./client-error.ts";
import type { ConnectionState } from "./connection-state.ts";
import type { CustomMessage } from "./incoming.ts";
import type { LiveStats } from "./live-stats.ts";
import type { StreamMessages, StreamOutputs, TypedStream } from "./stream-types.ts";

/** What a connection tells, by the name of the event. */
export interface ConnectionEvents<S extends TypedStream = TypedStream> {
  state: ConnectionState;
  /** What is sent: camera and microphone, as soon as they are open, and again after a change of device. */
  input: MediaStream;
  /** What the server sends back. Its tracks come one after the other; told again when they were replaced by those of a new connection. */
  output: MediaStream;
  /** What the server says: messages that every front end knows, and those of the application's own handler, of type `custom`. */
  message: ProtocolMessage | CustomMessage<StreamMessages<S>>;
  /** What the page is to show: the value of each additional output. */
  outputs: StreamOutputs<S>;
  /** Once a second while connected. */
  stats: LiveStats;
  /** Trouble that does not end the connection; what does is in the `closed` state. */
  error: ClientError;
}
