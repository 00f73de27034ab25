import { AudioReorderBuffer, type OrderedPacket } from "./audio-reorder-buffer.ts";
import { NackGenerator } from "./nack-generator.ts";
import { carriesPreviousSound, OPUS_CLOCK_RATE, opusPacketTicks, startsOpusSilence } from "./opus-packet.ts";
import type { RtpPacket } from "./packet.ts";
import type { AudioReceiveSnapshot } from "./receive-snapshot.ts";
import { ReceptionStats } from "./reception-stats.ts";
import type { RoundTripTime } from "./round-trip-time.ts";
import type { RtcpPacket } from "./rtcp/compound.ts";
import { SequenceUnwrapper, TimestampUnwrapper } from "./sequence.ts";
import { type ReceivedAudio, SoundLine } from "./sound-line.ts";

const REPORT_INTERVAL_MS = 1000;
/** Assumed until a report block has measured it. */
const DEFAULT_ROUND_TRIP_MS = 100;
/** A sound that is later than this is not worth the delay of what follows it. */
const MAX_REPAIR_MS = 250;
/** What an answer takes beyond the round trip: our delay in asking, the peer's in answering. */
const REPAIR_MARGIN_MS = 15;

export interface AudioReceiveStreamOptions {
  /** Of the stream that is received. */
  readonly ssrc: number;
  /** Ours, in the reports about it. */
  readonly localSsrc: number;
  /** Whether the peer sends lost packets again when asked (`a=rtcp-fb:… nack`). @default false */
  readonly nack?: boolean;
  /** Shared with the sending streams of the connection, which measure it. Without it 100 ms are assumed. */
  readonly roundTripTime?: RoundTripTime;
}

/**
 * One received Opus stream (RFC 7587, its RTCP RFC 3550 §6 and RFC 4585 §6.2.1): packets in, sound in its order and the RTCP about it out. After each call `nextTimerMs` may
 * have changed; it is when `handleTimer` is due.
 *
 * This is not a playout buffer. Whoever listens here is a program that needs the sound complete, in order and soon, but
 * not evenly: so a packet in its turn is given out the moment it comes, and the network's jitter costs nothing. Only behind a
 * missing packet do others wait, as long as it is likely to come (`AudioReorderBuffer`, with a retransmission where the peer sends
 * those). Then the copy in the next packet takes its place, or a guess. NetEq would hold every packet for the delay of the slowest 3 %; here
 * only those behind a loss are held, and nothing has to be stretched or squeezed to fill or drain a buffer. What a listener's clock
 * needs, `SoundLine` sees to.
 */
export class AudioReceiveStream {
  readonly #options: AudioReceiveStreamOptions;
  readonly #reception = new ReceptionStats({ clockRate: OPUS_CLOCK_RATE });
  readonly #sequences = new SequenceUnwrapper();
  readonly #timestamps = new TimestampUnwrapper();
  readonly #order: AudioReorderBuffer;
  readonly #nacks: NackGenerator | undefined;
  readonly #line = new SoundLine();
  #nextReportMs: number | undefined;
  #reportedPacketCount = 0;
  #byteCount = 0;
  #nackedPacketCount = 0;
  #heldMs = 0;

  constructor(options: AudioReceiveStreamOptions) {
    this.#options = options;
    this.#order = new AudioReorderBuffer({ learnsFromGivenUp: options.nack !== true });
    if (options.nack === true) this.#nacks = new NackGenerator({ maxAgeMs: MAX_REPAIR_MS });
  }

  /** When to call `handleTimer`, or `undefined` before the first packet. */
  get nextTimerMs(): number | undefined {
    const nextMs = Math.min(
      this.#nextReportMs ?? Infinity,
      this.#order.nextTimerMs ?? Infinity,
      this.#nacks?.nextTimerMs ?? Infinity,
      this.#line.nextTimerMs ?? Infinity,
    );
    return nextMs === Infinity ? undefined : nextMs;
  }

  /** What has been counted so far. */
  snapshot(): AudioReceiveSnapshot {
    const { receivedCount, cumulativeLost, jitterMs } = this.#reception;
    return {
      kind: "audio",
      packetCount: receivedCount,
      byteCount: this.#byteCount,
      cumulativeLost,
      jitterMs,
      nackedPacketCount: this.#nackedPacketCount,
      repairedPacketCount: this.#nacks?.repairedCount ?? 0,
      ...this.#line.counts,
      targetDelayMs: this.#order.waitMs,
      meanHoldMs: receivedCount === 0 ? 0 : this.#heldMs / receivedCount,
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
      this.#nacks?.reset();
      this.#line.reset();
    }
    this.#nextReportMs ??= nowMs + REPORT_INTERVAL_MS;
    const { payload } = packet;
    this.#byteCount += payload.length;
    this.#line.expectSilence({ ticks: opusPacketTicks(payload), announced: startsOpusSilence(payload), nowMs });
    const sequence = this.#sequences.unwrap(packet.sequenceNumber);
    this.#nacks?.handlePacket(sequence, nowMs);
    return this.#place(this.#order.insert(packet, { sequence, nowMs, carriesPrevious: carriesPreviousSound(payload) }));
  }

  /** Takes RTCP from the peer; packets that are not about this stream change nothing. */
  handleRtcp(packet: RtcpPacket, nowMs: number): void {
    if (packet.type === "sender-report" && packet.ssrc === this.#options.ssrc) {
      this.#reception.handleSenderReport(packet, nowMs);
    }
  }

  /** The sound and the RTCP that are due. */
  handleTimer(nowMs: number): { readonly audio: readonly ReceivedAudio[]; readonly rtcp: readonly RtcpPacket[] } {
    const rtcp = [...this.#takeReport(nowMs), ...this.#takeNack(nowMs)];
    const audio = this.#place(this.#order.handleTimer(nowMs));
    this.#line.fillTo(audio, nowMs);
    return { audio, rtcp };
  }

  #place(ordered: readonly OrderedPacket[]): ReceivedAudio[] {
    const audio: ReceivedAudio[] = [];
    for (const { packet, missingCount, heldMs } of ordered) {
      const { payload, timestamp } = packet;
      if (payload.length === 0) continue; // It only probed the bandwidth.
      this.#heldMs += heldMs;
      const begin = this.#timestamps.unwrap(timestamp);
      const ticks = opusPacketTicks(payload);
      this.#line.place(audio, { payload, begin, ticks, missingCount, carriesPrevious: carriesPreviousSound(payload) });
    }
    return audio;
  }

  #takeNack(nowMs: number): RtcpPacket[] {
    if (!this.#nacks) return [];
    const { ssrc, localSsrc, roundTripTime } = this.#options;
    const roundTripMs = roundTripTime?.currentMs ?? this.#nacks.answerMs ?? DEFAULT_ROUND_TRIP_MS;
    const repairMs = roundTripMs + REPAIR_MARGIN_MS;
    this.#order.setRepairMs(repairMs > MAX_REPAIR_MS ? 0 : repairMs);
    if (repairMs > MAX_REPAIR_MS) this.#nacks.reset();
    this.#nacks.setRoundTripMs(roundTripMs);
    this.#nacks.forgetBefore(this.#order.nextSequence ?? -Infinity);
    const sequenceNumbers = this.#nacks.takeRequests(nowMs);
    this.#nacks.takeGivenUp(); // The reorder buffer keeps its own time.
    this.#nackedPacketCount += sequenceNumbers.length;
    return sequenceNumbers.length === 0
      ? []
      : [{ type: "nack", senderSsrc: localSsrc, mediaSsrc: ssrc, sequenceNumbers }];
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
