import { AudioReorderBuffer, type OrderedPacket } from "./audio-reorder-buffer.ts";
import { OPUS_CLOCK_RATE, opusPacketTicks, startsOpusSilence } from "./opus-packet.ts";
import type { RtpPacket } from "./packet.ts";
import { ReceptionStats } from "./reception-stats.ts";
import type { RtcpPacket } from "./rtcp/compound.ts";
import { SequenceUnwrapper, TimestampUnwrapper } from "./sequence.ts";

const TICKS_PER_MS = OPUS_CLOCK_RATE / 1000;
/** 20 ms: what silence is made of, and how long a packet is taken to be before one has come. */
const USUAL_TICKS = 20 * TICKS_PER_MS;
const REPORT_INTERVAL_MS = 1000;
/** How many lost packets in a row are concealed; a guess that is longer sounds worse than silence. */
const MAX_CONCEALED = 5;
/** A pause is filled with silence up to this length, in ticks: a second. */
const MAX_FILLED_TICKS = OPUS_CLOCK_RATE;
/** How late a packet may be before silence takes its place, after one that announced silence and after any other. */
const ANNOUNCED_SILENCE_MS = 20;
const UNANNOUNCED_SILENCE_MS = 500;
/** A timer that is later than this tells of a process that stood still, with packets waiting to be read. */
const MAX_LATENESS_MS = 100;

export interface AudioReceiveStreamOptions {
  /** Of the stream that is received. */
  readonly ssrc: number;
  /** Ours, in the reports about it. */
  readonly localSsrc: number;
}

/**
 * The next piece of the sound: a packet to decode, a packet to conceal, or silence of a length in ticks of 1/48000 s.
 * `timestampUs` is when it begins; only differences mean something.
 */
export type ReceivedAudio =
  | { readonly type: "packet"; readonly payload: Uint8Array; readonly timestampUs: number }
  | { readonly type: "lost"; readonly timestampUs: number }
  | { readonly type: "silence"; readonly ticks: number; readonly timestampUs: number };

export interface AudioReceiveStats {
  readonly packetCount: number;
  /** Bytes of payload. */
  readonly byteCount: number;
  readonly cumulativeLost: number;
  readonly jitterMs: number;
  readonly concealedPacketCount: number;
  readonly silenceMs: number;
  /** How long a missing packet is waited for at present. */
  readonly reorderWaitMs: number;
}

/**
 * One received Opus stream: packets in, sound in its order and the RTCP about it out. A listener's clock is kept
 * running: lost packets are concealed, five in a row at most, and what is longer is silence; while the peer sends nothing because there is nothing to hear
 * (DTX), and when half a second passes without a packet, silence comes in its place in real time, so that the end of
 * speech can be noticed. After each call `nextTimerMs` may have changed; it is when `handleTimer` is due.
 */
export class AudioReceiveStream {
  readonly #options: AudioReceiveStreamOptions;
  readonly #reception = new ReceptionStats({ clockRate: OPUS_CLOCK_RATE });
  readonly #sequences = new SequenceUnwrapper();
  readonly #timestamps = new TimestampUnwrapper();
  readonly #order = new AudioReorderBuffer();
  /** Up to where sound has been given out, on the line of unwrapped RTP timestamps. */
  #givenTo: number | undefined;
  #packetTicks = USUAL_TICKS;
  /** When the next 20 ms of silence are due, and whether some have been given since the last packet. */
  #silenceAtMs: number | undefined;
  #silent = false;
  /** The ticks that pass unheard when silence begins unannounced. */
  #unheardTicks = 0;
  #nextReportMs: number | undefined;
  #reportedPacketCount = 0;
  #byteCount = 0;
  #concealedPacketCount = 0;
  #silenceTicks = 0;

  constructor(options: AudioReceiveStreamOptions) {
    this.#options = options;
  }

  /** When to call `handleTimer`, or `undefined` before the first packet. */
  get nextTimerMs(): number | undefined {
    const nextMs = Math.min(
      this.#nextReportMs ?? Infinity,
      this.#order.nextTimerMs ?? Infinity,
      this.#silenceAtMs ?? Infinity,
    );
    return nextMs === Infinity ? undefined : nextMs;
  }

  get stats(): AudioReceiveStats {
    return {
      packetCount: this.#reception.receivedCount,
      byteCount: this.#byteCount,
      cumulativeLost: this.#reception.cumulativeLost,
      jitterMs: this.#reception.jitterMs,
      concealedPacketCount: this.#concealedPacketCount,
      silenceMs: this.#silenceTicks / TICKS_PER_MS,
      reorderWaitMs: this.#order.waitMs,
    };
  }

  /** Takes a packet of this stream and returns the sound that is ready by it. */
  handlePacket(packet: RtpPacket, nowMs: number): ReceivedAudio[] {
    const verdict = this.#reception.handlePacket(packet, nowMs);
    if (verdict === "suspect") return [];
    if (verdict === "restarted") {
      this.#sequences.reset();
      this.#timestamps.reset();
      this.#order.reset();
      this.#givenTo = undefined;
    }
    this.#nextReportMs ??= nowMs + REPORT_INTERVAL_MS;
    this.#byteCount += packet.payload.length;
    this.#expectSilence(packet.payload, nowMs);
    const sequence = this.#sequences.unwrap(packet.sequenceNumber);
    return this.#place(this.#order.insert(packet, { sequence, nowMs }));
  }

  /** Takes RTCP from the peer; packets that are not about this stream change nothing. */
  handleRtcp(packet: RtcpPacket, nowMs: number): void {
    if (packet.type === "sender-report" && packet.ssrc === this.#options.ssrc) {
      this.#reception.handleSenderReport(packet, nowMs);
    }
  }

  /** The sound and the RTCP that are due. */
  handleTimer(nowMs: number): { readonly audio: readonly ReceivedAudio[]; readonly rtcp: readonly RtcpPacket[] } {
    const audio = this.#place(this.#order.handleTimer(nowMs));
    this.#giveSilence(audio, nowMs);
    return { audio, rtcp: this.#takeReport(nowMs) };
  }

  #expectSilence(payload: Uint8Array, nowMs: number): void {
    const ticks = opusPacketTicks(payload) ?? this.#packetTicks;
    const announced = startsOpusSilence(payload);
    const patienceMs = announced ? ANNOUNCED_SILENCE_MS : UNANNOUNCED_SILENCE_MS;
    this.#silenceAtMs = nowMs + ticks / TICKS_PER_MS + patienceMs;
    this.#unheardTicks = announced ? 0 : patienceMs * TICKS_PER_MS;
    this.#silent = false;
  }

  #place(ordered: readonly OrderedPacket[]): ReceivedAudio[] {
    const audio: ReceivedAudio[] = [];
    for (const { packet, missingCount } of ordered) {
      const { payload } = packet;
      if (payload.length === 0) continue; // It only probed the bandwidth.
      const begin = this.#timestamps.unwrap(packet.timestamp);
      this.#fill(audio, begin, missingCount);
      audio.push({ type: "packet", payload, timestampUs: toUs(begin) });
      this.#packetTicks = opusPacketTicks(payload) ?? this.#packetTicks;
      this.#givenTo = begin + this.#packetTicks;
    }
    return audio;
  }

  /** Makes up for what lies between the sound so far and a packet that begins at `begin`. */
  #fill(audio: ReceivedAudio[], begin: number, missingCount: number): void {
    let from = this.#givenTo ?? begin;
    if (missingCount > 0) {
      const lost = Math.min(missingCount, MAX_CONCEALED, Math.floor((begin - from) / this.#packetTicks));
      for (let index = 0; index < lost; index += 1) {
        audio.push({ type: "lost", timestampUs: toUs(from) });
        from += this.#packetTicks;
        this.#concealedPacketCount += 1;
      }
    }
    this.#pushSilence(audio, Math.max(from, begin - MAX_FILLED_TICKS), begin);
  }

  #giveSilence(audio: ReceivedAudio[], nowMs: number): void {
    if (this.#silenceAtMs === undefined || this.#givenTo === undefined || nowMs < this.#silenceAtMs) return;
    if (nowMs - this.#silenceAtMs > MAX_LATENESS_MS) {
      this.#silenceAtMs = nowMs + USUAL_TICKS / TICKS_PER_MS;
      return;
    }
    if (!this.#silent) this.#givenTo += this.#unheardTicks;
    this.#silent = true;
    while (this.#silenceAtMs <= nowMs) {
      this.#pushSilence(audio, this.#givenTo, this.#givenTo + USUAL_TICKS);
      this.#givenTo += USUAL_TICKS;
      this.#silenceAtMs += USUAL_TICKS / TICKS_PER_MS;
    }
  }

  #pushSilence(audio: ReceivedAudio[], begin: number, end: number): void {
    for (let from = begin; from < end; from += USUAL_TICKS) {
      const ticks = Math.min(USUAL_TICKS, end - from);
      audio.push({ type: "silence", ticks, timestampUs: toUs(from) });
      this.#silenceTicks += ticks;
    }
  }

  #takeReport(nowMs: number): RtcpPacket[] {
    if (this.#nextReportMs === undefined || nowMs < this.#nextReportMs) return [];
    const { receivedCount } = this.#reception;
    if (receivedCount === this.#reportedPacketCount) {
      this.#nextReportMs = undefined; // Silent: the next packet starts the reports again.
      return [];
    }
    this.#reportedPacketCount = receivedCount;
    this.#nextReportMs = nowMs + REPORT_INTERVAL_MS;
    const report = this.#reception.takeReportBlock(this.#options.ssrc, nowMs);
    return [{ type: "receiver-report", ssrc: this.#options.localSsrc, reports: [report] }];
  }
}

function toUs(ticks: number): number {
  return Math.round((ticks * 1000) / TICKS_PER_MS);
}
