import { fieldsOf, type JsonFields, parseFields } from "../../protocol/json-fields.ts";
import { ClientError } from "../client-error.ts";
import type { BrowserParts } from "../connect-options.ts";
import type { MediaKind } from "../input-media.ts";
import type { Link, LinkEvents, OfferedMedia } from "../link.ts";
import type { StatsEntries } from "../live-stats.ts";
import { RequestChannel } from "../request-channel.ts";
import { type OfferAnswer, parseRefusal, type Resume } from "../signalling.ts";
import { SocketRequests } from "./socket-requests.ts";
import { SoundCoder } from "./sound-coder.ts";
import type { SoundDevice } from "./sound-device.ts";
import { agreedFormat, ASKED_MEDIA, plainFormat, type SoundRates, type WireFormat } from "./sound-format.ts";

/** How often the server is asked for a sign of life, in milliseconds. */
const PING_INTERVAL_MS = 1000;
/** Without one for this long the connection is lost, in milliseconds. */
const SILENCE_MS = 5000;
/** How much sound waits for a slow network before what is recorded is dropped, in bytes: about a second. */
const MAX_BUFFERED_BYTES = 64 * 1024;

export interface SocketLinkOptions {
  /** Where WebSockets go: `{path}/websocket/offer`. */
  readonly url: URL;
  readonly webrtcId: string;
  readonly soundRates: SoundRates | undefined;
  readonly workletUrl: string | URL | undefined;
  readonly browser: BrowserParts;
  readonly events: LinkEvents;
}

/** Sound and messages over one WebSocket: our server's formats, or FastRTC's mu-law where the server knows no other. */
export class SocketLink implements Link {
  readonly kind = "websocket";
  readonly requests: RequestChannel;
  readonly #options: SocketLinkOptions;
  readonly #abort = new AbortController();
  readonly #channel: SocketRequests;
  #socket: WebSocket | undefined;
  #format: WireFormat | undefined;
  #input: MediaStreamTrack | undefined;
  #sound: SoundDevice | undefined;
  #coder: SoundCoder | undefined;
  #heardAtMs = 0;
  #pingedAtMs: number | undefined;
  #roundTripMs: number | undefined;
  #bytesSent = 0;
  #bytesReceived = 0;
  /** What ends the wait for the server's first word. */
  #answer: { readonly resolve: (answer: OfferAnswer) => void; readonly reject: (error: Error) => void } | undefined;

  constructor(options: SocketLinkOptions) {
    this.#options = options;
    this.#channel = new SocketRequests((text) => this.#send({ event: "message", data: text }));
    this.requests = new RequestChannel(this.#channel, this.#abort.signal);
  }

  offer({ input }: OfferedMedia, resume: Resume): Promise<OfferAnswer> {
    const { browser, url, webrtcId } = this.#options;
    const { signal } = this.#abort;
    this.#input = input?.getTracks().find(({ kind }) => kind === "audio");
    const socket = browser.createWebSocket(url);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    return new Promise((resolve, reject) => {
      this.#answer = { resolve, reject };
      signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
      socket.addEventListener(
        "open",
        () => {
          const resumed = resume === false ? {} : { resume };
          this.#send({ event: "start", websocket_id: webrtcId, media: ASKED_MEDIA, ...resumed });
          // A server that agrees on no format answers this one first.
          this.#ping();
        },
        { signal },
      );
      socket.addEventListener("message", ({ data }: MessageEvent<unknown>) => this.#receive(data), { signal });
      socket.addEventListener("close", ({ wasClean }) => this.#closed(wasClean), { signal });
    });
  }

  async accept(): Promise<void> {
    const { browser, events, workletUrl } = this.#options;
    const format = this.#format ?? plainFormat(this.#options.soundRates);
    const sound = await browser.openSound({
      workletUrl,
      channels: format.channels,
      isPaced: format.isPaced,
      onRecorded: (samples) => this.#sendSound(samples),
    });
    if (this.#abort.signal.aborted) {
      sound.close();
      return;
    }
    this.#sound = sound;
    this.#coder = new SoundCoder(format, sound.sampleRate);
    events.track(sound.output);
    if (this.#input) sound.record(this.#input);
    this.#channel.open();
    events.state("connected");
    this.#watch();
  }

  replaceTrack(_kind: MediaKind, track: MediaStreamTrack): Promise<void> {
    this.#input = track;
    this.#sound?.record(track);
    return Promise.resolve();
  }

  /** In the words of `RTCPeerConnection.getStats()`, as far as they fit. */
  readStats(): Promise<StatsEntries> {
    const common = { kind: "audio", timestamp: this.#options.browser.clock.nowMs(), codecId: "codec" };
    return Promise.resolve([
      { type: "codec", id: "codec", mimeType: this.#format?.encoding === "pcm16" ? "audio/L16" : "audio/PCMU" },
      { type: "inbound-rtp", ...common, bytesReceived: this.#bytesReceived },
      { type: "outbound-rtp", ...common, bytesSent: this.#bytesSent },
      {
        type: "candidate-pair",
        nominated: true,
        state: "succeeded",
        ...(this.#roundTripMs !== undefined && { currentRoundTripTime: this.#roundTripMs / 1000 }),
      },
    ]);
  }

  close(): void {
    if (this.#abort.signal.aborted) return;
    this.#send({ event: "stop" });
    this.#end();
  }

  /** It has said so on closing; a socket that broke has told the server as well. */
  async leave(): Promise<void> {}

  #end(): void {
    this.#abort.abort();
    this.#sound?.close();
    this.#socket?.close();
  }

  #receive(data: unknown): void {
    this.#heardAtMs = this.#options.browser.clock.nowMs();
    if (data instanceof ArrayBuffer) {
      this.#play(new Uint8Array(data));
      return;
    }
    const body = parseFields(data);
    switch (body?.["event"]) {
      case "media":
        this.#play(payloadOf(body["media"]));
        return;
      case "clear":
        this.#sound?.clear();
        return;
      case "pong":
        if (this.#pingedAtMs !== undefined) this.#roundTripMs = this.#heardAtMs - this.#pingedAtMs;
        this.#pingedAtMs = undefined;
        this.#answered({});
        return;
      case "start":
        this.#format = agreedFormat(body["media"]);
        if (this.#format) this.#answered(body);
        else
          this.#refused(
            new ClientError("server_unreachable", "The server chose a format of sound that is not known here."),
          );
        return;
      default:
        break;
    }
    const refusal = body && parseRefusal(body);
    if (refusal) {
      this.#refused(new ClientError("refused", refusal.message ?? `The server refused: ${refusal.code}.`, { refusal }));
      return;
    }
    this.#options.events.message(data);
  }

  #answered({ session }: JsonFields): void {
    this.#answer?.resolve({ sdp: "", session: typeof session === "string" ? session : undefined });
    this.#answer = undefined;
  }

  #refused(error: ClientError): void {
    this.#answer?.reject(error);
    this.#answer = undefined;
  }

  #play(bytes: Uint8Array<ArrayBuffer> | undefined): void {
    if (!bytes) return;
    this.#bytesReceived += bytes.length;
    const samples = this.#coder?.decode(bytes);
    if (samples && samples.length > 0) this.#sound?.play(samples);
  }

  #sendSound(samples: Float32Array<ArrayBuffer>): void {
    const [coder, socket] = [this.#coder, this.#socket];
    if (!coder || !socket) return;
    const bytes = coder.encode(samples);
    if (bytes.length === 0 || socket.readyState !== 1 || socket.bufferedAmount > MAX_BUFFERED_BYTES) return;
    this.#bytesSent += bytes.length;
    if (this.#format?.isBinary) socket.send(bytes);
    else this.#send({ event: "media", media: { payload: btoa(String.fromCharCode(...bytes)) } });
  }

  #send(message: object): void {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(message));
  }

  #ping(): void {
    this.#pingedAtMs ??= this.#options.browser.clock.nowMs();
    this.#send({ event: "ping" });
  }

  /** A network that is gone says nothing: the server is asked again and again. */
  #watch(): void {
    const { browser, events } = this.#options;
    const { signal } = this.#abort;
    const cancel = browser.clock.after(PING_INTERVAL_MS, () => {
      signal.removeEventListener("abort", cancel);
      if (browser.clock.nowMs() - this.#heardAtMs > SILENCE_MS) {
        events.state("failed");
        return;
      }
      this.#ping();
      this.#watch();
    });
    signal.addEventListener("abort", cancel, { once: true });
  }

  #closed(wasClean: boolean): void {
    const { events } = this.#options;
    if (this.#answer) {
      this.#refused(
        new ClientError(
          "server_unreachable",
          "The server takes no WebSocket here. Is it running, and is this the URL of a stream with sound?",
        ),
      );
    } else if (wasClean) events.channelClosed();
    else events.state("failed");
  }
}

function payloadOf(media: unknown): Uint8Array<ArrayBuffer> | undefined {
  const payload = fieldsOf(media)?.["payload"];
  if (typeof payload !== "string") return undefined;
  try {
    return Uint8Array.from(atob(payload), (byte) => byte.charCodeAt(0));
  } catch {
    return undefined; // Not base64: there is nothing to be played.
  }
}
