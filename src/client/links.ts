import type { BrowserParts, ConnectOptions } from "./connect-options.ts";
import { ClientError } from "./client-error.ts";
import type { TransportKind } from "./modality.ts";
import type { Link, LinkEvents } from "./link.ts";
import { PeerLink } from "./peer-link.ts";
import { createWebrtcId } from "./webrtc-id.ts";
import { SocketLink } from "./sound/socket-link.ts";

export interface LinksOptions {
  /** The path that the stream is mounted under. */
  readonly url: URL;
  readonly browser: BrowserParts;
  readonly options: ConnectOptions;
}

/** Makes the ways to one server. */
export class Links {
  readonly #made: LinksOptions;
  #webrtcId = createWebrtcId();

  constructor(made: LinksOptions) {
    this.#made = made;
  }

  /** The name of the connection on the server. */
  get webrtcId(): string {
    return this.#webrtcId;
  }

  /** Has a server that refused because it gives out the ids itself do so, for the links that are made from now on; throws any other refusal. */
  async askForId(refused: unknown, signal: AbortSignal): Promise<void> {
    if (!(refused instanceof ClientError) || refused.refusal?.code !== "signed_id_required") throw refused;
    const { url, browser } = this.#made;
    const response = await browser.fetch(new URL("webrtc/id", url), { method: "POST", body: "{}", signal });
    const body = (await response.json()) as { readonly webrtc_id?: unknown };
    if (typeof body.webrtc_id === "string") this.#webrtcId = body.webrtc_id;
  }

  /** What is tried first. */
  first(fallsBack: boolean): TransportKind {
    const { options, browser } = this.#made;
    const { transport = "auto" } = options;
    if (transport !== "auto") return transport;
    return fallsBack && !browser.createPeerConnection ? "websocket" : "webrtc";
  }

  /** @throws {ClientError} `browser_failed` where the browser has no such thing. */
  create(kind: TransportKind, events: LinkEvents): Link {
    const { url, browser, options } = this.#made;
    const { rtcConfiguration = {}, soundRates, soundWorkletUrl: workletUrl } = options;
    const common = { webrtcId: this.#webrtcId, browser, events };
    return kind === "webrtc"
      ? new PeerLink({ ...common, url: new URL("webrtc/offer", url), rtcConfiguration })
      : new SocketLink({ ...common, url: socketUrl(url), soundRates, workletUrl });
  }
}

function socketUrl(base: URL): URL {
  const url = new URL("websocket/offer", base);
  url.protocol = base.protocol === "http:" ? "ws:" : "wss:";
  return url;
}
