import { decodeALaw, decodeMuLaw } from "../../media/g711.ts";
import { AudioFrame } from "../../media/audio-frame.ts";
import { type TelephoneEvent, parseTelephoneEvent } from "../../protocol/sip/telephone-event.ts";
import { PHONE_CODECS, type PhoneCodec } from "../../protocol/sip/phone-description.ts";
import { AudioReorderBuffer, type OrderedPacket } from "../../rtp/audio-reorder-buffer.ts";
import type { RtpPacket } from "../../rtp/packet.ts";
import { ReceptionStats } from "../../rtp/reception-stats.ts";
import type { ReportBlock } from "../../rtp/rtcp/report-block.ts";
import type { SenderReport } from "../../rtp/rtcp/sender-report.ts";
import { SequenceUnwrapper, TimestampUnwrapper, timestampDistance } from "../../rtp/sequence.ts";
import { type ReceivedAudio, SoundLine } from "../../rtp/sound-line.ts";
import type { InboundAudioCounts } from "../../session/transport-stats.ts";
import { Concealment } from "./concealment.ts";

export const PHONE_RATE = 8000;
/** The line of sound counts at 48 kHz. */
const LINE_TICKS = 48_000 / PHONE_RATE;
/** The number of comfort noise (RFC 3551 §6): it says that there is silence, of which there is enough here. */
const COMFORT_NOISE = 13;
/** The longest packet that is taken, in bytes: 200 ms. */
const MAX_PAYLOAD_BYTES = 1600;
/** How many packets of another stream must come in a row, or how long none of this one's, before it takes the place of this one. */
const OTHER_STREAM_PACKETS = 3;
const ABANDONED_MS = 100;

export interface PhoneReceiverOptions {
  readonly onAudio: (frame: AudioFrame) => void;
  readonly onKey: (digit: string) => void;
}

/**
 * The sound of a telephone: packets of G.711 in, frames in their order out, without gaps. What is lost is guessed, silence runs
 * on, and keys are told (RFC 4733). Packets of another sender on the same way (a call that was transferred) take over.
 */
export class PhoneReceiver {
  readonly #options: PhoneReceiverOptions;
  #ssrc: number | undefined;
  #other = { ssrc: -1, count: 0 };
  #reception = new ReceptionStats({ clockRate: PHONE_RATE });
  readonly #sequences = new SequenceUnwrapper();
  readonly #timestamps = new TimestampUnwrapper();
  readonly #order = new AudioReorderBuffer();
  readonly #line = new SoundLine();
  readonly #concealment = new Concealment();
  #codecs: ReadonlyMap<number, PhoneCodec> = new Map();
  #eventPayloadType: number | undefined;
  #codec: PhoneCodec = "PCMU";
  #event: (TelephoneEvent & { readonly timestamp: number }) | undefined;
  #packetSamples = 160;
  #lastPacketMs = 0;
  #packets = 0;
  #bytes = 0;
  #lostBefore = 0;
  #heldMs = 0;
  #reportedCount = 0;

  constructor(options: PhoneReceiverOptions) {
    this.#options = options;
  }

  /** What the numbers of packets mean from now on. */
  expect(codecs: readonly { readonly codec: PhoneCodec; readonly payloadType: number }[], eventType?: number): void {
    // The usual numbers mean what they always do: some send what they did not say.
    const usual = Object.entries(PHONE_CODECS).map(([codec, type]) => [type, codec as PhoneCodec] as const);
    this.#codecs = new Map([...usual, ...codecs.map(({ codec, payloadType }) => [payloadType, codec] as const)]);
    this.#eventPayloadType = eventType;
  }

  /** When to call `handleTimer`. */
  get nextTimerMs(): number {
    return Math.min(this.#order.nextTimerMs ?? Infinity, this.#line.nextTimerMs ?? Infinity);
  }

  get stats(): InboundAudioCounts {
    return {
      codec: this.#codec,
      packets: this.#packets,
      bytes: this.#bytes,
      packetsLost: this.#lostBefore + this.#reception.cumulativeLost,
      jitterMs: this.#reception.jitterMs,
      concealedMs: this.#line.counts.concealedMs,
      bufferMs: this.#packets === 0 ? 0 : this.#heldMs / this.#packets,
    };
  }

  /** Takes a packet. Those of numbers that mean nothing are passed over, and so are those too long to be a telephone's. */
  handlePacket(packet: RtpPacket, nowMs: number): void {
    const { payload, payloadType } = packet;
    const isEvent = payloadType === this.#eventPayloadType;
    const codec = this.#codecs.get(payloadType);
    const isSound = codec !== undefined && !isEvent;
    if ((!isSound && !isEvent && payloadType !== COMFORT_NOISE) || payload.length > MAX_PAYLOAD_BYTES) return;
    if (!this.#isOfStream(packet, nowMs)) return;
    const verdict = this.#reception.handlePacket(packet, nowMs);
    if (verdict === "suspect") return;
    if (verdict === "restarted") this.#restart();
    this.#lastPacketMs = nowMs;
    this.#packets += 1;
    this.#bytes += payload.length;
    const ticks = isSound && payload.length > 0 ? payload.length * LINE_TICKS : undefined;
    this.#line.expectSilence({ ticks, announced: !isSound, nowMs });
    if (isEvent) this.#takeEvent(packet);
    const sequence = this.#sequences.unwrap(packet.sequenceNumber);
    this.#place(this.#order.insert(packet, { sequence, nowMs }));
  }

  handleSenderReport(report: SenderReport, nowMs: number): void {
    if (report.ssrc === this.#ssrc) this.#reception.handleSenderReport(report, nowMs);
  }

  handleTimer(nowMs: number): void {
    this.#place(this.#order.handleTimer(nowMs));
    const audio: ReceivedAudio[] = [];
    this.#line.fillTo(audio, nowMs);
    this.#giveOut(audio);
  }

  /** The report about what came since the last one, if anything did. */
  takeReport(nowMs: number): ReportBlock | undefined {
    if (this.#ssrc === undefined || this.#packets === this.#reportedCount) return undefined;
    this.#reportedCount = this.#packets;
    return this.#reception.takeReportBlock(this.#ssrc, nowMs);
  }

  #isOfStream({ ssrc }: RtpPacket, nowMs: number): boolean {
    if (ssrc === this.#ssrc) {
      this.#other = { ssrc: -1, count: 0 };
      return true;
    }
    const count = this.#other.ssrc === ssrc ? this.#other.count + 1 : 1;
    this.#other = { ssrc, count };
    const takesOver =
      this.#ssrc === undefined || nowMs - this.#lastPacketMs >= ABANDONED_MS || count >= OTHER_STREAM_PACKETS;
    if (!takesOver) return false;
    if (this.#ssrc !== undefined) {
      this.#lostBefore += this.#reception.cumulativeLost;
      this.#reception = new ReceptionStats({ clockRate: PHONE_RATE });
      this.#restart();
    }
    this.#ssrc = ssrc;
    return true;
  }

  #restart(): void {
    this.#sequences.reset();
    this.#timestamps.reset();
    this.#order.reset();
    this.#line.reset();
    this.#event = undefined;
  }

  /** A key is told when it goes down; the packets after the first say no more than that it is still pressed. */
  #takeEvent({ payload, timestamp, marker }: RtpPacket): void {
    const event = parseTelephoneEvent(payload);
    if (!event) return;
    const last = this.#event;
    const distance = last ? timestampDistance(timestamp, last.timestamp) : 1;
    if (distance < 0) return;
    if (distance === 0 && last) {
      if (event.duration >= last.duration) this.#event = { ...event, timestamp, isEnd: event.isEnd || last.isEnd };
      return;
    }
    // A key that is pressed for more than eight seconds goes on in a second event (RFC 4733 §2.5.1.3).
    const goesOn = last && !marker && !last.isEnd && last.digit === event.digit && distance === last.duration;
    this.#event = { ...event, timestamp };
    if (!goesOn) this.#options.onKey(event.digit);
  }

  #place(ordered: readonly OrderedPacket[]): void {
    for (const { packet, missingCount, heldMs } of ordered) {
      const { payload, payloadType, timestamp } = packet;
      const codec = payloadType === this.#eventPayloadType ? undefined : this.#codecs.get(payloadType);
      if (!codec || payload.length === 0) continue;
      this.#heldMs += heldMs;
      this.#codec = codec;
      this.#packetSamples = payload.length;
      const audio: ReceivedAudio[] = [];
      this.#line.place(audio, {
        payload,
        begin: this.#timestamps.unwrap(timestamp) * LINE_TICKS,
        ticks: payload.length * LINE_TICKS,
        missingCount,
        carriesPrevious: false,
      });
      this.#giveOut(audio);
    }
  }

  #giveOut(audio: readonly ReceivedAudio[]): void {
    for (const piece of audio) {
      const samples = this.#samplesOf(piece);
      if (samples.length === 0) continue;
      this.#options.onAudio(new AudioFrame({ samples, sampleRate: PHONE_RATE, timestampUs: piece.timestampUs }));
    }
  }

  #samplesOf(piece: ReceivedAudio): Int16Array<ArrayBuffer> {
    switch (piece.type) {
      case "packet":
      case "recovered":
        return this.#concealment.heard(this.#codec === "PCMU" ? decodeMuLaw(piece.payload) : decodeALaw(piece.payload));
      case "lost":
        return this.#concealment.guess(this.#packetSamples);
      case "silence":
        return new Int16Array(Math.floor(piece.ticks / LINE_TICKS));
    }
  }
}
