import type { Timer } from "../async/clock.ts";
import type { CaptureConstraints, CaptureSource } from "./capture.ts";
import type { SoundRates } from "./sound/sound-format.ts";
import type { SoundDevice, SoundDeviceOptions } from "./sound/sound-device.ts";
import type { TransportKind } from "./modality.ts";
import type { StreamInputs, StreamModality, StreamMode, TypedStream } from "./stream-types.ts";

/** The options of `connect()`; `modality` and `mode` have to be given where those of `S` are not the defaults. */
export type ConnectOptions<S extends TypedStream = TypedStream> = CommonConnectOptions<S> &
  ("video" extends StreamModality<S>
    ? {
        /** @default "video" */
        modality?: StreamModality<S>;
      }
    : { modality: StreamModality<S> }) &
  ("send-receive" extends StreamMode<S>
    ? {
        /** @default "send-receive" */
        mode?: StreamMode<S>;
      }
    : { mode: StreamMode<S> });

/** Those options of `connect()` that do not depend on the modality and mode. */
export interface CommonConnectOptions<S extends TypedStream = TypedStream> {
  /**
   * What to send: constraints for camera and microphone, which the connection then opens and stops, or a stream of
   * yours, which stays yours. @default what the modality needs, as the browser likes it
   */
  media?: CaptureConstraints | MediaStream;
  /** The additional inputs to begin with, one value for each; `connection.setInput` changes them. @default the server's own */
  inputs?: StreamInputs<S>;
  /**
   * Brings the additional inputs to a route of your own, which calls `stream.setInput`: for servers that take none from their clients,
   * such as Python's FastRTC. Called when they change, and when the server asks for them. @default they go over the connection itself
   */
  sendInputs?: (webrtcId: string, inputs: StreamInputs<S>) => unknown;
  /**
   * What carries it. `"auto"` is WebRTC; a stream of modality "audio" and mode "send-receive" goes over a WebSocket where WebRTC has
   * found no way through the network 5 seconds after the answer, or the browser has none. @default "auto"
   */
  transport?: "auto" | TransportKind;
  /**
   * Over a WebSocket to a server that agrees on no format, such as Python's FastRTC: the handler's rates, in hertz.
   * @default { input: 48000, output: 24000 }
   */
  soundRates?: SoundRates;
  /**
   * Where the page itself serves the text of `soundWorkletSource()`, for pages whose content security policy takes no scripts from `blob:`.
   * @default a `blob:` URL
   */
  soundWorkletUrl?: string | URL;
  /** STUN and TURN servers and the rest of it. @default none */
  rtcConfiguration?: RTCConfiguration;
  /** What the sender of the picture gives up when the network is slow, and the like. @default the browser's choice */
  rtpParams?: Partial<RTCRtpSendParameters>;
  /** Whether the server is asked for what the page shows of the additional outputs: the event `outputs`. @default false */
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
  /** Undefined where the browser has no WebRTC. */
  readonly createPeerConnection: ((configuration: RTCConfiguration) => RTCPeerConnection) | undefined;
  readonly createWebSocket: (url: URL) => WebSocket;
  readonly openSound: (options: SoundDeviceOptions) => Promise<SoundDevice>;
  readonly createMediaStream: () => MediaStream;
  readonly mediaDevices: CaptureSource;
  readonly fetch: typeof fetch;
  readonly clock: Timer;
  /** Where `online` and `pagehide` are told: the window. */
  readonly networkEvents: Pick<EventTarget, "addEventListener">;
}
