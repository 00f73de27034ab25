import { BoundedQueue } from "../../async/bounded-queue.ts";
import { OpusDecoder } from "../../codecs/opus-decoder.ts";
import { toError } from "../../errors.ts";
import { AudioFrame } from "../../media/audio-frame.ts";
import { AudioReceiveStream, type AudioReceiveStreamOptions } from "../../rtp/audio-receive-stream.ts";
import { OPUS_CLOCK_RATE } from "../../rtp/opus-packet.ts";
import type { RtpPacket } from "../../rtp/packet.ts";
import type { RtcpPacket } from "../../rtp/rtcp/compound.ts";
import type { ReceivedAudio } from "../../rtp/sound-line.ts";
import type { InboundAudioCounts } from "../../session/transport-stats.ts";

/** How many pieces may wait for the decoder to be made, a second's worth; the oldest go first. */
const MAX_WAITING = 50;
/** After this long without a packet another stream may take the place of the one that is received, in milliseconds. */
const ABANDONED_MS = 1000;

export interface AudioReceiverOptions extends Omit<AudioReceiveStreamOptions, "ssrc"> {
  /** The payload type that was agreed on for Opus. */
  readonly payloadType: number;
  /** How many channels to decode: two when the answer asked for stereo. */
  readonly channels: 1 | 2;
  readonly onFrame: (frame: AudioFrame) => void;
  readonly onFailure: (error: Error) => void;
}

/**
 * Receives the peer's sound: packets in, frames of 48 kHz out. Decoding takes 0.07 ms and is done at once; nothing
 * waits here but for a packet that is missing, and at the very beginning for the decoder.
 */
export class AudioReceiver {
  readonly #options: AudioReceiverOptions;
  readonly #waiting = new BoundedQueue<ReceivedAudio>({ capacity: MAX_WAITING, overflow: "drop-oldest" });
  readonly #decoding: Promise<void>;
  #ssrc: number | undefined;
  #stream: AudioReceiveStream | undefined;
  #lastPacketMs = 0;

  constructor(options: AudioReceiverOptions) {
    this.#options = options;
    this.#decoding = this.#decodeAll().catch((thrown: unknown) => options.onFailure(toError(thrown)));
  }

  get nextTimerMs(): number | undefined {
    return this.#stream?.nextTimerMs;
  }

  /** Absent before the first packet. */
  get stats(): InboundAudioCounts | undefined {
    if (!this.#stream) return undefined;
    const snapshot = this.#stream.snapshot();
    return {
      codec: "opus",
      packets: snapshot.packetCount,
      bytes: snapshot.byteCount,
      packetsLost: snapshot.cumulativeLost,
      packetsRepaired: snapshot.repairedPacketCount + snapshot.fecPacketCount,
      jitterMs: snapshot.jitterMs,
      concealedMs: snapshot.concealedMs,
      bufferMs: snapshot.meanHoldMs,
    };
  }

  /** Takes a packet; those of other streams than the one that is received are passed over. */
  handlePacket(packet: RtpPacket, nowMs: number): void {
    const { payloadType } = this.#options;
    if (packet.payloadType !== payloadType) return;
    if (packet.ssrc !== this.#ssrc) {
      if (this.#stream && nowMs - this.#lastPacketMs < ABANDONED_MS) return;
      this.#ssrc = packet.ssrc;
      this.#stream = new AudioReceiveStream({ ...this.#options, ssrc: packet.ssrc });
    }
    this.#lastPacketMs = nowMs;
    for (const audio of this.#stream?.handlePacket(packet, nowMs) ?? []) this.#waiting.push(audio);
  }

  handleRtcp(packet: RtcpPacket, nowMs: number): void {
    this.#stream?.handleRtcp(packet, nowMs);
  }

  handleTimer(nowMs: number): readonly RtcpPacket[] {
    if (!this.#stream) return [];
    const { audio, rtcp } = this.#stream.handleTimer(nowMs);
    for (const piece of audio) this.#waiting.push(piece);
    return rtcp;
  }

  /** Frees the decoder. Harmless when repeated. */
  async close(): Promise<void> {
    this.#waiting.end();
    await this.#decoding;
  }

  async #decodeAll(): Promise<void> {
    const { channels, onFrame } = this.#options;
    await using decoder = await OpusDecoder.create({ channels });
    for await (const audio of this.#waiting) {
      const samples = decode(audio, decoder, channels);
      onFrame(new AudioFrame({ samples, sampleRate: OPUS_CLOCK_RATE, channels, timestampUs: audio.timestampUs }));
    }
  }
}

function decode(audio: ReceivedAudio, decoder: OpusDecoder, channels: 1 | 2): Int16Array {
  switch (audio.type) {
    case "packet":
      return decoder.decode(audio.payload);
    case "recovered":
      return decoder.recover(audio.payload);
    case "lost":
      return decoder.conceal();
    case "silence":
      return new Int16Array(audio.ticks * channels);
  }
}
