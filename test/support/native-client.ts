import { randomUUID } from "node:crypto";
import { Audio, type DataChannel, PeerConnection, type Track, Video } from "node-datachannel";
import type { OfferOptions, Stream } from "../../src/index.ts";
import type { OfferReply } from "../../src/protocol/offer-reply.ts";
import { engineDrained } from "../../src/transports/webrtc/engine-drain.ts";

export interface NativeClientOptions {
  readonly bindAddress?: string;
  readonly id?: string;
  readonly media?: "audio" | "video";
}

/** The SSRC of what it sends. */
export const NATIVE_CLIENT_SSRC = 4242;

/** A peer in this process that can send what no browser would: raw bytes over a real connection. */
export class NativeClient {
  readonly id: string;
  /** What came over the data channel. */
  readonly messages: string[] = [];
  /** Resolves when the server has ended the connection, and all that came before has been received. */
  readonly left: Promise<void>;
  readonly #peer: PeerConnection;
  readonly #track: Track;
  /** Held on to: the engine stops delivering to a channel whose object has been collected. */
  readonly #channel: DataChannel;
  readonly #opened: Promise<void>;
  /** Resolves when texts can be sent: the engine tells that only to those who listen already. */
  readonly #canSay: Promise<void>;
  #onReceived: ((packet: Buffer) => void) | undefined;

  /**
   * @param options.bindAddress The local address to use. @default all
   * @param options.id The `webrtc_id`. @default one of its own
   * @param options.media What it offers: Opus with payload type 111, or H.264 with 102. @default "video"
   */
  constructor({ bindAddress, id = randomUUID(), media = "video" }: NativeClientOptions = {}) {
    this.id = id;
    this.#peer = new PeerConnection("client", {
      iceServers: [],
      disableAutoNegotiation: true,
      ...(bindAddress !== undefined && { bindAddress }),
    });
    this.#track = this.#peer.addTrack(media === "audio" ? offeredAudio() : offeredVideo());
    this.#opened = new Promise((resolve) => this.#track.onOpen(resolve));
    // Each callback has a queue of its own: on a busy machine the end overtakes packets that came before it.
    this.left = new Promise<void>((resolve) => this.#track.onClosed(resolve)).then(engineDrained);
    this.#track.onMessage((packet) => {
      this.#onReceived?.(packet);
    });
    this.#channel = this.#peer.createDataChannel("text");
    this.#canSay = new Promise((resolve) => this.#channel.onOpen(resolve));
    this.#channel.onMessage((message) => {
      if (typeof message === "string") this.messages.push(message);
    });
  }

  /** Where the server is reached, once connected. */
  get serverAddress(): string | undefined {
    return this.#peer.getSelectedCandidatePair()?.remote.address;
  }

  /** The server's UDP port, once connected. */
  get serverPort(): number | undefined {
    return this.#peer.getSelectedCandidatePair()?.remote.port;
  }

  /** The offer, all candidates inside. */
  async offer(): Promise<string> {
    const gathered = new Promise<void>((resolve) => {
      this.#peer.onGatheringStateChange((state) => {
        if (state === "complete") resolve();
      });
    });
    this.#peer.setLocalDescription("offer");
    await gathered;
    return this.#peer.localDescription()?.sdp ?? "";
  }

  /**
   * Connects to a Stream; resolves with its answer when media can flow. Candidates go after the answer is in: a server that finds this
   * client sooner would make libdatachannel check a certificate that it does not know yet, and give up.
   */
  async connect(
    stream: Pick<Stream, "offer">,
    options?: OfferOptions,
    resume?: unknown,
  ): Promise<Extract<OfferReply, { type: "answer" }>> {
    const lines = (await this.offer()).split("\r\n");
    const sdp = lines.filter((line) => !/^a=(candidate|end-of-candidates)/.test(line)).join("\r\n");
    const reply = await stream.offer({ type: "offer", sdp, webrtc_id: this.id, resume }, options);
    if (!("sdp" in reply)) throw new Error(`Refused: ${JSON.stringify(reply)}`);
    this.#peer.setRemoteDescription(reply.sdp, "answer");
    for (const line of lines) {
      if (!line.startsWith("a=candidate")) continue;
      const candidate = { candidate: line.slice(2) };
      await stream.offer({ type: "ice-candidate", candidate, webrtc_id: this.id }, options);
    }
    await this.#opened;
    return reply;
  }

  /** Sends raw bytes; false when SRTP itself finds them too broken to encrypt. */
  send(packet: Uint8Array): boolean {
    try {
      return this.#track.sendMessageBinary(Buffer.from(packet));
    } catch (thrown) {
      if (thrown instanceof Error && thrown.message.includes("SRTP protect")) return false;
      throw thrown;
    }
  }

  /** Resolves once `check` holds for a packet that is received from now on. */
  receivesSome(check: (packet: Buffer) => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#onReceived = (packet) => {
        if (check(packet)) resolve();
      };
    });
  }

  /** Sends a text on the data channel, once that is open. */
  async say(text: string): Promise<void> {
    await this.#canSay;
    this.#channel.sendMessage(text);
  }

  close(): void {
    this.#track.close();
    this.#peer.close();
  }
}

function offeredVideo(): Video {
  const media = new Video("0", "SendRecv");
  media.addH264Codec(102, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f");
  media.addSSRC(NATIVE_CLIENT_SSRC, "client");
  return media;
}

function offeredAudio(): Audio {
  const media = new Audio("0", "SendRecv");
  media.addOpusCodec(111, "minptime=10;useinbandfec=1");
  media.addSSRC(NATIVE_CLIENT_SSRC, "client");
  return media;
}
