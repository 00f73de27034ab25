import { ClientError, toClientError } from "./client-error.ts";
import type { BrowserParts } from "./connect-options.ts";
import type { MediaKind } from "./input-media.ts";
import type { Link, LinkEvents, OfferedMedia } from "./link.ts";
import type { StatsEntries } from "./live-stats.ts";
import { receiveWithLeastDelay } from "./low-delay.ts";
import { RequestChannel } from "./request-channel.ts";
import { type OfferAnswer, type Resume, Signalling } from "./signalling.ts";

export interface PeerLinkOptions {
  readonly url: URL;
  readonly webrtcId: string;
  readonly rtcConfiguration: RTCConfiguration;
  readonly browser: BrowserParts;
  readonly events: LinkEvents;
}

/** One `RTCPeerConnection` and its signalling. */
export class PeerLink implements Link {
  readonly kind = "webrtc";
  readonly requests: RequestChannel;
  readonly #peer: RTCPeerConnection;
  readonly #signalling: Signalling;
  readonly #events: LinkEvents;
  readonly #abort = new AbortController();

  constructor({ url, webrtcId, rtcConfiguration, browser, events }: PeerLinkOptions) {
    const { signal } = this.#abort;
    this.#events = events;
    if (!browser.createPeerConnection) throw new ClientError("browser_failed", "This browser has no WebRTC.");
    this.#peer = browser.createPeerConnection(rtcConfiguration);
    this.#signalling = new Signalling({
      url,
      webrtcId,
      signal,
      fetch: browser.fetch,
      onCandidateError: (error) => events.trouble(error),
    });
    const channel = this.#peer.createDataChannel("text");
    this.requests = new RequestChannel(channel, signal);
    this.#listen(channel);
  }

  async offer({ modality, mode, input }: OfferedMedia, resume: Resume): Promise<OfferAnswer> {
    const kinds = modality === "audio-video" ? (["audio", "video"] as const) : ([modality] as const);
    const direction = ({ "send-receive": "sendrecv", send: "sendonly", receive: "recvonly" } as const)[mode];
    for (const kind of kinds) {
      const track = input?.getTracks().find((each) => each.kind === kind);
      this.#peer.addTransceiver(track ?? kind, { direction, streams: input ? [input] : [] });
    }
    const offer = await this.#peer.createOffer();
    this.#abort.signal.throwIfAborted();
    const describing = this.#peer.setLocalDescription(offer).catch(toClientError);
    const answer = await this.#signalling.offer(offer.sdp ?? "", resume);
    if (this.#abort.signal.aborted) return answer;
    const trouble = await describing;
    if (trouble) throw trouble;
    return answer;
  }

  async accept({ sdp }: OfferAnswer, rtpParams?: Partial<RTCRtpSendParameters>): Promise<void> {
    await this.#peer.setRemoteDescription({ type: "answer", sdp });
    if (rtpParams) await this.#applyRtpParams(rtpParams);
  }

  async replaceTrack(kind: MediaKind, track: MediaStreamTrack): Promise<void> {
    const sender = this.#peer.getSenders().find((each) => each.track?.kind === kind);
    await sender?.replaceTrack(track);
  }

  async readStats(): Promise<StatsEntries> {
    return (await this.#peer.getStats()).values();
  }

  close(): void {
    this.#abort.abort();
    this.#peer.close();
  }

  leave(claim: Resume): Promise<void> {
    return this.#signalling.leave(claim);
  }

  async #applyRtpParams(rtpParams: Partial<RTCRtpSendParameters>): Promise<void> {
    for (const sender of this.#peer.getSenders()) {
      if (!sender.track || this.#abort.signal.aborted) continue;
      try {
        await sender.setParameters({ ...sender.getParameters(), ...rtpParams });
      } catch (cause) {
        this.#events.trouble(
          new ClientError("browser_failed", "This browser does not know the stream's sender parameters.", { cause }),
        );
      }
    }
  }

  #listen(channel: RTCDataChannel): void {
    const peer = this.#peer;
    const { signal } = this.#abort;
    channel.addEventListener("message", ({ data }) => this.#events.message(data), { signal });
    channel.addEventListener("close", () => this.#events.channelClosed(), { signal });
    peer.addEventListener(
      "icecandidate",
      ({ candidate }) => {
        if (candidate?.candidate) this.#signalling.candidate(candidate.toJSON());
      },
      { signal },
    );
    peer.addEventListener("connectionstatechange", () => this.#events.state(peer.connectionState), { signal });
    peer.addEventListener(
      "track",
      ({ track, receiver }) => {
        receiveWithLeastDelay(receiver);
        this.#events.track(track);
      },
      { signal },
    );
  }
}
