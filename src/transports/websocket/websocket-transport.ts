import { AudioFrame } from "../../media/audio-frame.ts";
import { joined } from "../../media/joined.ts";
import { type ServerMessage, encodeServerMessage } from "../../protocol/server-message.ts";
import { parseClientMessage, readMediaPayload } from "../../protocol/websocket/client-message.ts";
import type { MediaFormat } from "../../protocol/websocket/media-format.ts";
import { CLEAR_EVENT, PONG_EVENT, mediaEventLength, writeMediaEvent } from "../../protocol/websocket/server-event.ts";
import type { AudioRates } from "../../session/peer-handler.ts";
import type { TransportStats } from "../../session/transport-stats.ts";
import type { AudioFormat, Transport, TransportEvents } from "../../session/transport.ts";
import { FRAME_HEADER_BYTES } from "../../sockets/message-socket.ts";
import type { LinkReceiver, LossReason, SocketLink } from "../../sockets/socket-link.ts";
import { OPUS_RATE, type SoundCoding } from "./sound-coding.ts";

export interface WebSocketTransportOptions {
  readonly link: SocketLink;
  readonly events: TransportEvents;
  /** The handler's rates, which are those of the wire for a client that asked for no other. */
  readonly rates: AudioRates;
  /** What the client asked for in its first message; undefined for FastRTC's own mu-law. */
  readonly format: MediaFormat | undefined;
  /** Of that format. The transport closes it. */
  readonly coding: SoundCoding;
  /** Whether the client comes back when the connection breaks. @default false */
  readonly resumes?: boolean;
}

const PACKET_MS = 20;
/**
 * How early sound leaves, in milliseconds. The client plays it in a row, so this is what it has in hand when the network
 * or this process stumbles; and it is also how much of an interrupted reply an old client still plays, since nothing
 * recalls what is in the socket. 100 ms cover a collected heap and a lost packet's quick repetition, and are below what
 * a person who interrupts would notice.
 */
const LEAD_MS = 100;
/** How much sound may wait for a client that does not read, in milliseconds: what comes beyond is dropped. */
const MAX_WAITING_MS = 1000;

/** As SDP calls them. */
const CODEC_NAMES = { mulaw: "PCMU", pcm16: "L16", opus: "opus" } as const;

/** Room for the payload of one message, which is decoded before the next is read: 20 ms of stereo at 48 kHz as 16-bit samples. */
const scratch = new Uint8Array(3840);

/** Carries sound and messages over one WebSocket: FastRTC's `websocket/offer`, after its first message. */
export class WebSocketTransport implements Transport, LinkReceiver {
  readonly kind = "websocket";
  readonly carriesVideo = false;
  readonly audioFormat: AudioFormat;
  readonly #link: SocketLink;
  readonly #events: TransportEvents;
  readonly #coding: SoundCoding;
  readonly #inputRate: number;
  readonly #channels: 1 | 2;
  readonly #canClear: boolean;
  readonly #resumes: boolean;
  readonly #codec: string;
  readonly #maxBufferedBytes: number;
  /** Sound of messages that came in one go, to be handed over as one piece. */
  readonly #arrived: Int16Array[] = [];
  /** How many samples of each channel were handed over. */
  #receivedCount = 0;
  #inPackets = 0;
  #inBytes = 0;
  #outPackets = 0;
  #outBytes = 0;

  constructor({ link, events, rates, format, coding, resumes = false }: WebSocketTransportOptions) {
    const isOpus = format?.encoding === "opus";
    const outputRate = isOpus ? OPUS_RATE : (format?.sampleRate ?? rates.outputSampleRate);
    this.#link = link;
    this.#events = events;
    this.#coding = coding;
    this.#inputRate = isOpus ? OPUS_RATE : (format?.sampleRate ?? rates.inputSampleRate);
    this.#channels = format?.channels ?? 1;
    this.#canClear = format !== undefined;
    this.#resumes = resumes;
    this.#codec = CODEC_NAMES[format?.encoding ?? "mulaw"];
    // A packet is a whole number of samples, whatever the rate: its length is what they last.
    const packetMs = (Math.round((outputRate * PACKET_MS) / 1000) * 1000) / outputRate;
    this.audioFormat = { sampleRate: outputRate, channels: this.#channels, packetMs, leadMs: LEAD_MS };
    const bytesPerSample = format?.encoding === "pcm16" ? 2 : 4 / 3;
    this.#maxBufferedBytes = (outputRate * this.#channels * bytesPerSample * MAX_WAITING_MS) / 1000;
    const isBinary = format?.binary ?? false;
    coding.listen({
      encoded: (payload) => {
        this.#outPackets += 1;
        this.#outBytes += payload.length;
        if (isBinary) link.sendBinary(payload.slice());
        else link.sendPrepared(mediaFrame(payload));
      },
      failure: (error) => events.failure(error),
    });
    link.receiver = this;
  }

  /** A WebSocket carries no pictures. */
  async sendVideo(): Promise<void> {}

  /** A client that asked for a format knows `clear`. */
  get recallsAudio(): boolean {
    return this.#canClear;
  }

  sendAudio(frame: AudioFrame): void {
    if (this.#link.bufferedAmount <= this.#maxBufferedBytes) this.#coding.encode(frame.toInt16());
  }

  clearAudio(): void {
    this.#coding.clear();
    if (this.#canClear) this.#link.sendText(CLEAR_EVENT);
  }

  sendMessage(message: ServerMessage): void {
    this.#link.sendText(encodeServerMessage(message));
  }

  stats(): TransportStats {
    const codec = this.#codec;
    return {
      inbound: { audio: { codec, packets: this.#inPackets, bytes: this.#inBytes, packetsLost: 0, concealedMs: 0 } },
      outbound: { audio: { codec, packets: this.#outPackets, bytes: this.#outBytes } },
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.#link.close(), this.#coding.close()]);
  }

  text(utf8: Buffer): number {
    const payload = readMediaPayload(utf8, scratch);
    if (payload) return this.#receive(payload);
    const message = parseClientMessage(utf8.toString());
    switch (message.type) {
      case "media":
        return this.#receive(message.payload);
      case "message":
        this.#events.message(message.text);
        return 0;
      case "ping":
        this.#link.sendText(PONG_EVENT);
        return 0;
      case "stop":
        this.#leave();
        return 0;
      case "start":
        this.#link.complain('The stream has started: "start" comes once.');
        return 0;
      case "invalid":
        this.#link.complain(message.reason);
        return 0;
      case "unknown":
        return 0;
    }
  }

  binary(bytes: Uint8Array): number {
    if (this.#canClear) return this.#receive(bytes);
    this.#link.complain('Binary messages are for clients that asked for a format: "media" in their "start".');
    return 0;
  }

  /** Messages that a stalled network delivers at once become one piece: the session's queue counts pieces. */
  settled(): void {
    if (this.#arrived.length === 0) return;
    const [first] = this.#arrived;
    const samples =
      first && this.#arrived.length === 1 ? first : joined(this.#arrived, (length) => new Int16Array(length));
    this.#arrived.length = 0;
    const timestampUs = Math.round((this.#receivedCount * 1_000_000) / this.#inputRate);
    this.#receivedCount += samples.length / this.#channels;
    const { channels, sampleRate } = { channels: this.#channels, sampleRate: this.#inputRate };
    this.#events.audioFrame(new AudioFrame({ samples, sampleRate, channels, timestampUs }));
  }

  complain(sentence: string): void {
    this.sendMessage({ type: "warning", data: sentence });
  }

  lost(reason: LossReason, error: Error | undefined): void {
    if (error) this.#events.failure(error);
    // FastRTC's clients leave in this way, too.
    this.#events.closed(reason === "connection-failed" && !this.#resumes ? "peer-left" : reason);
  }

  #leave(): void {
    void this.#link.close();
    this.#events.closed("peer-left");
  }

  /** Takes the sound of one message; returns how long it is, in milliseconds. */
  #receive(payload: Uint8Array): number {
    const samples = this.#coding.decode(payload);
    if (!(samples instanceof Int16Array)) {
      this.#link.complain(samples.reason);
      return 0;
    }
    if (samples.length === 0) return 0;
    this.#inPackets += 1;
    this.#inBytes += payload.length;
    this.#arrived.push(samples);
    return (samples.length * 1000) / (this.#channels * this.#inputRate);
  }
}

function mediaFrame(payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + mediaEventLength(payload.length));
  writeMediaEvent(payload, frame, FRAME_HEADER_BYTES);
  return frame;
}
