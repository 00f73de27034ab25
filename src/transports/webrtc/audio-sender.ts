import { BoundedQueue } from "../../async/bounded-queue.ts";
import type { Clock } from "../../async/clock.ts";
import { OPUS_PACKET_SAMPLES, OpusEncoder, type OpusEncoderOptions } from "../../codecs/opus-encoder.ts";
import { invariant, toError } from "../../errors.ts";
import type { AudioFrame } from "../../media/audio-frame.ts";
import type { AudioSendStream, OutgoingAudio } from "../../rtp/audio-send-stream.ts";
import type { AudioLevel } from "../../rtp/header-extensions.ts";
import { OPUS_CLOCK_RATE } from "../../rtp/opus-packet.ts";
import type { PacketSender } from "../../rtp/packet-sender.ts";
import type { RtcpPacket } from "../../rtp/rtcp/compound.ts";
import { SoundBitrate } from "../../rtp/sound-bitrate.ts";
import type { OutboundAudioCounts } from "../../session/transport-stats.ts";
import type { AudioFormat } from "../../session/transport.ts";

/**
 * How many packets' sound may wait for the encoder, half a second; the oldest go first. As much as falls due at once
 * when the event loop stood still for that long.
 */
const MAX_WAITING = 25;
/**
 * When so many wait behind a packet, it is encoded on this thread. Off the thread each takes a turn of the event loop: where those come every
 * 50 ms, on a busy machine, more than half of the sound would be dropped.
 */
const MANY_WAITING = 3;
/**
 * After this long without a packet one of silence is sent, in milliseconds: Chromium reports to us only while it receives
 * something, and a peer that reports nothing counts as gone.
 */
const KEEP_ALIVE_MS = 2000;
/**
 * How many packets of silence follow when sound ends. A jitter buffer that counts packets (aiortc's keeps four) would hold the last of a
 * reply back until there is more to send.
 */
const CLOSING_PACKETS = 5;
/** How late a timer may be before it shows that the process stood still, and how long sound then has to go on, in milliseconds. */
const LATE_TIMER_MS = 10;
const PATIENCE_MS = 40;
const PACKET_US = 20_000;
/** 20 ms of silence in one frame of CELT (RFC 6716), made by no encoder so as not to disturb its state. */
const SILENT_PACKET = Uint8Array.of(0xf8, 0xff, 0xfe);
/** What Chromium keeps against jitter on a quiet network, and the way there, in milliseconds. */
const HEARD_DELAY_MS = 60;
/** The level above which a packet is marked as one with voice, in dBov. */
const VOICE_DBOV = -50;

export interface AudioSenderOptions {
  readonly stream: AudioSendStream;
  readonly channels: 1 | 2;
  /** Whether the peer repairs losses from copies in the next packet (`useinbandfec=1` in its offer). */
  readonly forwardErrorCorrection: boolean;
  /** Whether the peer wants no packets while there is silence (`usedtx=1`). */
  readonly discontinuous: boolean;
  /** The most bits per second that the peer wants. @default any */
  readonly maximumBps?: number | undefined;
  /** Tells what the path bears, where that is known. */
  readonly path?: Pick<PacketSender, "estimateBps">;
  readonly clock: Clock;
  readonly sendPackets: (packets: readonly Uint8Array[]) => void;
  readonly onFailure: (error: Error) => void;
}

type EncoderSettings = Required<Pick<OpusEncoderOptions, "expectedLossPercent" | "bitrate">>;

/**
 * Sends sound to the peer: packets' worth of samples in, RTP out, in their order. Encoding goes on off the main thread as long as
 * that keeps up; should it fall behind all the same, the oldest sound is dropped, so that lateness never grows.
 */
export class AudioSender {
  /**
   * Packets leave up to one packet's length early: that much a handler may be late without a gap in the sound.
   * More would only be more that cannot be recalled when the speaker is interrupted.
   */
  readonly format: AudioFormat;
  /** Resolves once sound can be encoded, or never will be: what is sent before may be dropped. */
  readonly ready: Promise<void>;
  readonly #options: AudioSenderOptions;
  readonly #waiting = new BoundedQueue<AudioFrame>({ capacity: MAX_WAITING, overflow: "drop-oldest" });
  readonly #encoding: Promise<void>;
  readonly #bitrate: SoundBitrate;
  #keepAliveAtMs: number | undefined;
  /** The silence that is to follow the last sound: where it begins, and when to send it. */
  #closing: { readonly beginUs: number; readonly atMs: number } | undefined;
  /** Whether the last sound was cut off, and how many packets of silence have followed it. */
  #cut: { silentCount: number } | undefined;

  constructor(options: AudioSenderOptions) {
    this.#options = options;
    this.format = {
      sampleRate: OPUS_CLOCK_RATE,
      channels: options.channels,
      packetMs: 20,
      leadMs: 20,
      heardDelayMs: HEARD_DELAY_MS,
    };
    this.#bitrate = new SoundBitrate(options);
    const settings = this.#settings();
    const encoder = this.#openEncoder(settings);
    this.ready = encoder.then(
      () => undefined,
      () => undefined, // Reported below.
    );
    this.#encoding = this.#encodeAll(encoder, settings).catch((thrown: unknown) => options.onFailure(toError(thrown)));
  }

  get nextTimerMs(): number | undefined {
    const { stream } = this.#options;
    const nextMs = Math.min(
      stream.nextTimerMs ?? Infinity,
      this.#keepAliveAtMs ?? Infinity,
      this.#closing?.atMs ?? Infinity,
    );
    return nextMs === Infinity ? undefined : nextMs;
  }

  get stats(): OutboundAudioCounts {
    const { packetCount, byteCount, fractionLost } = this.#options.stream.stats;
    return { codec: "opus", packets: packetCount, bytes: byteCount, fractionLost };
  }

  /** Whether sound waits for the encoder, or is being encoded. */
  get isBusy(): boolean {
    return this.#waiting.length > 0 || this.#waiting.isWorkedOn;
  }

  /** Begins to keep the connection alive. */
  start(nowMs: number): void {
    this.#keepAliveAtMs = nowMs;
  }

  /** Takes 20 ms of sound in `format`, with the time at which it is to be heard. */
  send(frame: AudioFrame): void {
    this.#cut = undefined;
    this.#waiting.push(frame);
  }

  /**
   * Drops what has not been encoded. What was sent ends there: silence follows at the pace of sound, because a browser that has nothing
   * to play lets the last sound go on for a tenth of a second.
   */
  clear(): void {
    this.#waiting.clear();
    this.#cut = { silentCount: 0 };
    if (this.#closing) this.#closing = cutShort(this.#closing.beginUs);
  }

  handleRtcp(packet: RtcpPacket, nowMs: number): void {
    const { stream, sendPackets } = this.#options;
    const resent = stream.handleRtcp(packet, nowMs);
    if (resent.length > 0) sendPackets(resent);
  }

  handleTimer(nowMs: number): readonly RtcpPacket[] {
    this.#closeSound(nowMs);
    if (this.#keepAliveAtMs !== undefined && nowMs >= this.#keepAliveAtMs) {
      this.#sendSilence(nowMs * 1000 - PACKET_US);
    }
    return this.#options.stream.handleTimer(nowMs);
  }

  /** Frees the encoder. Harmless when repeated. */
  async close(): Promise<void> {
    this.#waiting.end();
    await this.#encoding;
  }

  async #encodeAll(opening: Promise<OpusEncoder>, openedWith: EncoderSettings): Promise<void> {
    const { onFailure } = this.#options;
    let settings = openedWith;
    let encoder = await opening;
    try {
      for await (const frame of this.#waiting) {
        try {
          const wanted = this.#settings();
          if (wanted.expectedLossPercent !== settings.expectedLossPercent || wanted.bitrate !== settings.bitrate) {
            // FFmpeg cannot change it on an encoder that is at work.
            await encoder.close();
            encoder = await this.#openEncoder(wanted);
            settings = wanted;
          }
          await this.#encode(encoder, frame);
        } catch (thrown) {
          onFailure(toError(thrown));
        }
      }
    } finally {
      await encoder.close();
    }
  }

  /** What the encoder has to be opened with for the sound that follows. */
  #settings(): EncoderSettings {
    const { stream, forwardErrorCorrection, path, clock } = this.#options;
    const expectedLossPercent = forwardErrorCorrection ? stream.expectedLossPercent : 0;
    const bitrate = this.#bitrate.bpsFor({
      pathBps: path?.estimateBps,
      hasCopies: expectedLossPercent > 0,
      nowMs: clock.nowMs(),
    });
    return { expectedLossPercent, bitrate };
  }

  #openEncoder(settings: EncoderSettings): Promise<OpusEncoder> {
    const { channels, discontinuous } = this.#options;
    return OpusEncoder.create({ channels, discontinuous, ...settings });
  }

  async #encode(encoder: OpusEncoder, frame: AudioFrame): Promise<void> {
    const { timestampUs } = frame;
    invariant(timestampUs !== undefined, "a session says when its sound is to be heard");
    const samples = frame.toInt16();
    const data = this.#waiting.length < MANY_WAITING ? await encoder.encode(samples) : encoder.encodeNow(samples);
    if (!data || this.#waiting.ended) return;
    this.#sendPacket({ data, timestampUs, ticks: OPUS_PACKET_SAMPLES, level: levelOf(samples) });
    const beginUs = timestampUs + PACKET_US;
    // When its time lies behind: sound that begins later must not overlap it.
    this.#closing = this.#cut ? cutShort(beginUs) : { beginUs, atMs: (beginUs + CLOSING_PACKETS * PACKET_US) / 1000 };
  }

  #closeSound(nowMs: number): void {
    if (!this.#closing || nowMs < this.#closing.atMs) return;
    const { beginUs, atMs } = this.#closing;
    this.#closing = undefined;
    if (this.isBusy) return; // The sound goes on after all.
    if (this.#cut) {
      this.#sendSilence(beginUs);
      this.#cut.silentCount += 1;
      if (this.#cut.silentCount < CLOSING_PACKETS) this.#closing = cutShort(beginUs + PACKET_US);
      this.#closeSound(nowMs);
      return;
    }
    if (nowMs > atMs + LATE_TIMER_MS) {
      this.#closing = { beginUs, atMs: nowMs + PATIENCE_MS };
      return;
    }
    for (let index = 0; index < CLOSING_PACKETS; index += 1) this.#sendSilence(beginUs + index * PACKET_US);
  }

  #sendSilence(timestampUs: number): void {
    const level = { levelDbov: -127, voiceActivity: false };
    this.#sendPacket({ data: SILENT_PACKET, timestampUs, ticks: OPUS_PACKET_SAMPLES, level });
  }

  #sendPacket(audio: OutgoingAudio): void {
    const { stream, clock, sendPackets } = this.#options;
    const nowMs = clock.nowMs();
    if (this.#keepAliveAtMs !== undefined) this.#keepAliveAtMs = nowMs + KEEP_ALIVE_MS;
    sendPackets([stream.packetize(audio, nowMs)]);
  }
}

/** When silence follows sound that was cut off: never ahead of the time, so that sound which goes on cannot overlap it. */
function cutShort(beginUs: number): { readonly beginUs: number; readonly atMs: number } {
  return { beginUs, atMs: (beginUs + PACKET_US) / 1000 };
}

/** The root of the mean square, against a full-scale square wave (RFC 6464 §3). */
function levelOf(samples: Int16Array): AudioLevel {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const levelDbov = sum === 0 ? -127 : 10 * Math.log10(sum / samples.length / 32_768 ** 2);
  return { levelDbov, voiceActivity: levelDbov > VOICE_DBOV };
}
