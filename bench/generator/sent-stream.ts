import { CLIP_FRAMES } from "../codec/clip.ts";
import { FRAMES_PER_SECOND } from "../codec/picture-encoder.ts";
import { senderReport } from "../webrtc/rtcp.ts";

/** The packets of a clip, ready to be sent: per picture its payloads. */
export type ClipPayloads = readonly (readonly Buffer[])[];

export interface SentStreamOptions {
  readonly clip: ClipPayloads;
  readonly payloadType: number;
  readonly ssrc: number;
  /** Ids of the header extensions that the answer accepted. */
  readonly extensions: { readonly absoluteSendTime?: number; readonly transportSequence?: number };
  readonly send: (packet: Buffer) => void;
}

const CLOCK_RATE = 90_000;
/** Packets that can be repeated when they are NACKed; more than a second of them. */
const HISTORY = 512;
const MAX_PACKET_BYTES = 1400;

interface SentPacket {
  readonly sequence: number;
  readonly timestamp: number;
  readonly picture: number;
  readonly part: number;
}

/** Replays a clip as one RTP stream, beginning again with its keyframe whenever one is asked for. */
export class SentStream {
  readonly #options: SentStreamOptions;
  readonly #packet = Buffer.alloc(MAX_PACKET_BYTES);
  readonly #history: SentPacket[] = [];
  /** When each picture of the clip was last sent, in milliseconds. */
  readonly #sentAtMs = new Float64Array(CLIP_FRAMES);
  #picture = 0;
  #timestamp: number;
  #sequence: number;
  #transportSequence = 0;
  #packets = 0;
  #bytes = 0;
  #pictures = 0;

  constructor(options: SentStreamOptions) {
    this.#options = options;
    this.#timestamp = (options.ssrc * 7919) >>> 0;
    this.#sequence = options.ssrc & 0x7fff;
  }

  /** Pictures sent since the start. */
  get pictures(): number {
    return this.#pictures;
  }

  sendPicture(nowMs: number): void {
    const payloads = this.#options.clip[this.#picture] ?? [];
    this.#sentAtMs[this.#picture] = nowMs;
    for (let part = 0; part < payloads.length; part++) {
      const sent = { sequence: this.#sequence, timestamp: this.#timestamp, picture: this.#picture, part };
      this.#history[this.#sequence % HISTORY] = sent;
      this.#sequence = (this.#sequence + 1) & 0xffff;
      this.#sendPacket(sent, nowMs);
    }
    this.#pictures++;
    this.#timestamp = (this.#timestamp + CLOCK_RATE / FRAMES_PER_SECOND) >>> 0;
    this.#picture = (this.#picture + 1) % this.#options.clip.length;
  }

  /** The next picture will be the clip's keyframe. */
  rewind(): void {
    this.#picture = 0;
  }

  /** Sends a packet again, if it is not too old. */
  repeat(sequence: number, nowMs: number): void {
    const sent = this.#history[sequence % HISTORY];
    if (sent?.sequence === sequence) this.#sendPacket(sent, nowMs);
  }

  /** When the picture with this number was sent last; undefined before that. */
  sentAtMs(number: number): number | undefined {
    const sentAtMs = this.#sentAtMs[number];
    return sentAtMs === 0 ? undefined : sentAtMs;
  }

  report(wallClockMs: number): Buffer {
    return senderReport(this.#options.ssrc, wallClockMs, this.#timestamp, this.#packets, this.#bytes);
  }

  #sendPacket({ sequence, timestamp, picture, part }: SentPacket, nowMs: number): void {
    const { clip, payloadType, ssrc, send } = this.#options;
    const payloads = clip[picture];
    const payload = payloads?.[part];
    if (!payloads || !payload) return;
    const packet = this.#packet;
    packet[0] = 0x80;
    packet[1] = (part === payloads.length - 1 ? 0x80 : 0) | payloadType;
    packet.writeUInt16BE(sequence, 2);
    packet.writeUInt32BE(timestamp, 4);
    packet.writeUInt32BE(ssrc, 8);
    const headerBytes = this.#writeExtensions(packet, nowMs);
    payload.copy(packet, headerBytes);
    this.#packets++;
    this.#bytes += payload.length;
    // The library copies what it is given before the call returns, so one buffer serves all packets.
    send(packet.subarray(0, headerBytes + payload.length));
  }

  /** Writes what a browser writes (RFC 8285): the send time and a transport-wide number. Returns the header's size. */
  #writeExtensions(packet: Buffer, nowMs: number): number {
    const { absoluteSendTime, transportSequence } = this.#options.extensions;
    let at = 16;
    if (absoluteSendTime !== undefined) {
      packet[at] = (absoluteSendTime << 4) | 2;
      packet.writeUIntBE(Math.floor((nowMs / 1000) * 262_144) & 0xffffff, at + 1, 3);
      at += 4;
    }
    if (transportSequence !== undefined) {
      packet[at] = (transportSequence << 4) | 1;
      packet.writeUInt16BE(this.#transportSequence++ & 0xffff, at + 1);
      at += 3;
    }
    if (at === 16) return 12;
    while (at % 4 !== 0) packet[at++] = 0;
    packet[0] = 0x90;
    packet.writeUInt16BE(0xbede, 12);
    packet.writeUInt16BE((at - 16) / 4, 14);
    return at;
  }
}
