import type { AudioFrame } from "../../media/audio-frame.ts";
import { encodeALaw, encodeMuLaw } from "../../media/g711.ts";
import type { PhoneCodec } from "../../protocol/sip/phone-description.ts";
import { RTP_FIXED_HEADER_BYTES } from "../../rtp/packet.ts";
import { RtpHeaderTemplate } from "../../rtp/header-template.ts";
import type { SenderReport } from "../../rtp/rtcp/sender-report.ts";
import { SentStats } from "../../rtp/sent-stats.ts";
import { wrapTimestamp } from "../../rtp/sequence.ts";
import type { OutboundAudioCounts } from "../../session/transport-stats.ts";
import { PHONE_RATE } from "./phone-receiver.ts";

const PACKET_SAMPLES = 160;
const PACKET_MS = 20;
const TICKS_PER_US = PHONE_RATE / 1_000_000;
/** How late sound may be before silence takes its place, in milliseconds. */
const GRACE_MS = 40;
/** How late a timer may be before it shows that the process stood still, with sound that waits to be sent, in milliseconds. */
const LATE_TIMER_MS = 10;
/** How far what was sent may lie ahead of the time, in milliseconds: sound whose time was filled already is dropped, or every stall would delay all after it. */
const MAX_AHEAD_MS = 40;

export interface PhoneSenderOptions {
  readonly ssrc: number;
  /** Random, 32 bits, and 16 bits. */
  readonly timestampOffset: number;
  readonly firstSequenceNumber: number;
  readonly wallOffsetMs: number;
  readonly send: (packet: Uint8Array) => void;
}

/**
 * Sends sound to a telephone: 20 ms of G.711 in a packet. While there is nothing to say it sends silence, as telephones do: what lies
 * between keeps its ways open by it, and takes a call without packets for a dead one.
 */
export class PhoneSender {
  readonly #options: PhoneSenderOptions;
  readonly #sent: SentStats;
  #template: RtpHeaderTemplate | undefined;
  #codec: PhoneCodec = "PCMU";
  #payloadType = -1;
  #sequenceNumber: number;
  /** Where the sound so far ends, in unwrapped ticks. */
  #endTicks: number | undefined;
  #silenceAtMs = Infinity;
  #isOn = false;
  /** When sound, not silence, was sent last. */
  lastSoundMs = -Infinity;
  fractionLost = 0;

  constructor(options: PhoneSenderOptions) {
    this.#options = options;
    this.#sequenceNumber = options.firstSequenceNumber & 0xffff;
    this.#sent = new SentStats({ ...options, clockRate: PHONE_RATE });
  }

  /** Sends in this codec from now on; nothing is sent before. */
  start({ codec, payloadType }: { readonly codec: PhoneCodec; readonly payloadType: number }, nowMs: number): void {
    if (this.#payloadType !== payloadType) {
      this.#template = new RtpHeaderTemplate({ ssrc: this.#options.ssrc, payloadType, extensions: [] });
    }
    this.#codec = codec;
    this.#payloadType = payloadType;
    if (!this.#isOn) this.#silenceAtMs = nowMs;
    this.#isOn = true;
  }

  /** Sends nothing until it is started again: the call is on hold. */
  stop(): void {
    this.#isOn = false;
    this.#silenceAtMs = Infinity;
  }

  get nextTimerMs(): number {
    return this.#silenceAtMs;
  }

  get stats(): OutboundAudioCounts {
    const { packetCount, octetCount } = this.#sent;
    return { codec: this.#codec, packets: packetCount, bytes: octetCount, fractionLost: this.fractionLost };
  }

  /** Takes 20 ms of sound, which say when they are to be heard. */
  send(frame: AudioFrame, nowMs: number): void {
    if (!this.#isOn) return;
    const samples = frame.toInt16();
    const beginUs = frame.timestampUs ?? nowMs * 1000;
    this.#sendPacket(this.#codec === "PCMU" ? encodeMuLaw(samples) : encodeALaw(samples), beginUs);
    this.lastSoundMs = nowMs;
    this.#silenceAtMs = Math.max(nowMs, beginUs / 1000) + PACKET_MS + GRACE_MS;
  }

  handleTimer(nowMs: number): void {
    if (nowMs < this.#silenceAtMs) return;
    if (nowMs - this.#silenceAtMs > LATE_TIMER_MS) {
      this.#silenceAtMs = nowMs + PACKET_MS;
      return;
    }
    // Mu-law and A-law of a sample that is 0.
    const silence = new Uint8Array(PACKET_SAMPLES).fill(this.#codec === "PCMU" ? 0xff : 0xd5);
    this.#sendPacket(silence, this.#silenceAtMs * 1000);
    this.#silenceAtMs += PACKET_MS;
  }

  /** What was sent so far, if anything was. */
  report(nowMs: number): SenderReport | undefined {
    return this.#sent.report(nowMs);
  }

  #sendPacket(payload: Uint8Array, beginUs: number): void {
    if (!this.#template) return;
    const due = Math.round(beginUs * TICKS_PER_US);
    const end = this.#endTicks;
    if (end !== undefined && end - due > MAX_AHEAD_MS * (PHONE_RATE / 1000)) return;
    // What goes on to within 20 ms goes on to the tick; what would begin earlier would be dropped as heard.
    const begin = end !== undefined && due - end <= PACKET_MS * (PHONE_RATE / 1000) ? end : due;
    const packet = new Uint8Array(RTP_FIXED_HEADER_BYTES + payload.length);
    const timestamp = wrapTimestamp(begin + this.#options.timestampOffset);
    this.#template.write(packet, { marker: begin !== end, sequenceNumber: this.#sequenceNumber, timestamp });
    packet.set(payload, RTP_FIXED_HEADER_BYTES);
    this.#sequenceNumber = (this.#sequenceNumber + 1) & 0xffff;
    this.#endTicks = begin + payload.length;
    this.#sent.handleFrame(timestamp, begin / TICKS_PER_US / 1000);
    this.#sent.handlePacket(payload.length);
    this.#options.send(packet);
  }
}
