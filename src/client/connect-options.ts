import type { Clock } from "../async/clock.ts";
import type { CaptureConstraints, CaptureSource } from "./capture.ts";

/** Which kinds of media a stream has. */
export type Modality = "video" | "audio" | "audio-video";

/** Which way they go, seen from the browser. */
export type Mode = "send-receive" | "send" | "receive";

export interface ConnectOptions {
  /** @default "video" */
  modality?: Modality;
  /** @default "send-receive" */
  mode?: Mode;
  /**
   * What to send: constraints for camera and microphone, which the connection then opens and stops, or a stream of
   * yours, which stays yours. @default what the modality needs, as the browser likes it
   */
  media?: CaptureConstraints | MediaStream;
  /** STUN and TURN servers and the rest of it. @default none */
  rtcConfiguration?: RTCConfiguration;
  /** What the sender of the picture gives up when the network is slow, and the like. @default the browser's choice */
  rtpParams?: Partial<RTCRtpSendParameters>;
  /** Whether the server is asked for what the page shows of the additional outputs. @default false */
  showsOutputs?: boolean;
  /** Whether the server is asked, once a second, how the stream does on its side: `server` of the statistics. @default false */
  readsServerStats?: boolean;
  /** Milliseconds from the offer until the connection must stand. @default 30000 */
  connectTimeoutMs?: number;
  /**
   * Whether a connection that breaks, or whose network changes, is made anew and goes on with the same session on the server:
   * the same handler with all that it knows. Needs a server that offers it. @default true
   */
  reconnect?: boolean;
  /** Closes the connection. */
  signal?: AbortSignal;
  /** @internal Replaced in tests. */
  browser?: Partial<BrowserParts>;
}

/** What the client needs of a browser. */
export interface BrowserParts {
  readonly createPeerConnection: (configuration: RTCConfiguration) => RTCPeerConnection;
  readonly createMediaStream: () => MediaStream;
  readonly mediaDevices: CaptureSource;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** Where `online` is told: the window. */
  readonly networkEvents: Pick<EventTarget, "addEventListener">;
}
