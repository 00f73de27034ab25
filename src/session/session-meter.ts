import type { Clock } from "../async/clock.ts";
import type { VideoFrame } from "../media/video-frame.ts";
import { CountHistory } from "./count-history.ts";
import { PictureCadence } from "./picture-cadence.ts";
import type {
  InboundAudioStats,
  InboundVideoStats,
  OutboundAudioStats,
  OutboundVideoStats,
  SessionStats,
} from "./session-stats.ts";
import { TimingWindow } from "./timing-window.ts";
import type {
  InboundAudioCounts,
  InboundVideoCounts,
  OutboundAudioCounts,
  OutboundVideoCounts,
  TransportStats,
} from "./transport-stats.ts";

/** What the session knows at the moment of the reading. */
export interface SessionReading extends Pick<SessionStats, "webrtcId" | "transport" | "state"> {
  /** What the transport knows; absent when there is none yet. */
  readonly carried: TransportStats | undefined;
  /** Sound that waits for the handler, and to be sent, in milliseconds. */
  readonly waitingInMs: number;
  readonly waitingOutMs: number;
}

/** Told how long the handler took for a picture, in milliseconds. */
export type OnHandled = (durationMs: number) => void;

/**
 * Measures one session: how long pictures wait for the handler and how long it takes, how steadily they come. Its methods are
 * called in the course of each picture and allocate nothing; `read` puts everything together.
 */
export class SessionMeter {
  readonly #clock: Clock;
  readonly #onHandled: OnHandled | undefined;
  readonly #cadence = new PictureCadence();
  readonly #queue = new TimingWindow();
  readonly #handler = new TimingWindow();
  /** When the pictures came that wait, in their order. */
  readonly #arrivals: number[] = [];
  readonly #beganAtMs: number;
  #connectedAtMs: number | undefined;
  #history: CountHistory | undefined;
  #skippedCount = 0;
  #handedOverAtMs: number | undefined;
  #arrivedAtMs = 0;
  #inWidth: number | undefined;
  #inHeight: number | undefined;
  #outCount = 0;
  #outWidth: number | undefined;
  #outHeight: number | undefined;

  constructor(clock: Clock, onHandled?: OnHandled) {
    this.#clock = clock;
    this.#beganAtMs = clock.nowMs();
    this.#onHandled = onHandled;
  }

  /** How many pictures came, went to the peer, and gave way to newer ones. */
  get framesIn(): number {
    return this.#cadence.count;
  }

  get framesOut(): number {
    return this.#outCount;
  }

  get framesSkipped(): number {
    return this.#skippedCount;
  }

  /** How long it took until the connection stood, in milliseconds; `undefined` before. */
  get connectMs(): number | undefined {
    return this.#connectedAtMs === undefined ? undefined : this.#connectedAtMs - this.#beganAtMs;
  }

  /** The connection stands: rates begin. */
  connected(): void {
    this.#connectedAtMs ??= this.#clock.nowMs();
    this.#history ??= new CountHistory(this.#connectedAtMs);
  }

  /** A picture came. */
  pictureArrived({ width, height }: VideoFrame): void {
    const nowMs = this.#clock.nowMs();
    this.#cadence.note(nowMs);
    this.#inWidth = width;
    this.#inHeight = height;
    this.#arrivals.push(nowMs);
    this.#arrivedAtMs = nowMs;
  }

  /** How long the handler had had its picture when the latest one came, in milliseconds; 0 when it had come back. */
  get heldMs(): number {
    return this.#handedOverAtMs === undefined ? 0 : Math.max(0, this.#arrivedAtMs - this.#handedOverAtMs);
  }

  /** The picture that waited longest gave way to a newer one, or will never be read. */
  pictureSkipped(): void {
    this.#arrivals.shift();
    this.#skippedCount += 1;
  }

  /** The picture that waited longest was handed to the handler. */
  pictureTaken(): void {
    const nowMs = this.#clock.nowMs();
    const arrivedAtMs = this.#arrivals.shift();
    if (arrivedAtMs !== undefined) this.#queue.note(nowMs - arrivedAtMs);
    this.#handedOverAtMs = nowMs;
  }

  /** The handler gave something out, or asked for the next picture. */
  pictureHandled(): void {
    if (this.#handedOverAtMs === undefined) return;
    const durationMs = this.#clock.nowMs() - this.#handedOverAtMs;
    this.#handedOverAtMs = undefined;
    this.#handler.note(durationMs);
    this.#onHandled?.(durationMs);
  }

  /** A picture goes to the peer. */
  pictureSent({ width, height }: VideoFrame): void {
    this.#outCount += 1;
    this.#outWidth = width;
    this.#outHeight = height;
  }

  read({ webrtcId, transport, state, carried, waitingInMs, waitingOutMs }: SessionReading): SessionStats {
    const nowMs = this.#clock.nowMs();
    const inVideo = carried?.inbound.video;
    const inAudio = carried?.inbound.audio;
    const outVideo = carried?.outbound.video;
    const outAudio = carried?.outbound.audio;
    const rates = this.#rates(carried, nowMs);
    return {
      webrtcId,
      transport,
      state,
      connectedMs: this.#connectedAtMs === undefined ? 0 : nowMs - this.#connectedAtMs,
      roundTripMs: carried?.roundTripMs,
      availableOutgoingBps: carried?.availableOutgoingBps,
      pacerMs: carried?.pacerMs,
      inbound: {
        ...(inVideo && { video: this.#inboundVideo(inVideo, rates) }),
        ...(inAudio && { audio: inboundAudio(inAudio, rates, waitingInMs) }),
      },
      outbound: {
        ...(outVideo && { video: this.#outboundVideo(outVideo, rates) }),
        ...(outAudio && { audio: outboundAudio(outAudio, rates, waitingOutMs) }),
      },
      processing: {
        decode: inVideo?.decode,
        queue: this.#queue.read(),
        handler: this.#handler.read(),
        encode: outVideo?.encode,
      },
    };
  }

  #rates(carried: TransportStats | undefined, nowMs: number): Rates {
    const { inbound, outbound } = carried ?? { inbound: {}, outbound: {} };
    const counts = {
      inVideoBytes: inbound.video?.bytes ?? 0,
      inVideoPackets: inbound.video?.packets ?? 0,
      inVideoLost: Math.max(0, inbound.video?.packetsLost ?? 0),
      inAudioBytes: inbound.audio?.bytes ?? 0,
      inAudioPackets: inbound.audio?.packets ?? 0,
      inAudioLost: Math.max(0, inbound.audio?.packetsLost ?? 0),
      outVideoBytes: outbound.video?.bytes ?? 0,
      outAudioBytes: outbound.audio?.bytes ?? 0,
      framesIn: this.#cadence.count,
      framesOut: outbound.video?.frames ?? 0,
    };
    const { seconds, growth } = this.#history?.read(counts, nowMs) ?? { seconds: 0, growth: {} };
    const grown = (name: keyof typeof counts): number => growth[name] ?? 0;
    const perSecond = (name: keyof typeof counts): number => (seconds > 0 ? grown(name) / seconds : 0);
    const share = (lost: number, received: number): number => (lost === 0 ? 0 : lost / (lost + received));
    return {
      inVideoBps: perSecond("inVideoBytes") * 8,
      inAudioBps: perSecond("inAudioBytes") * 8,
      outVideoBps: perSecond("outVideoBytes") * 8,
      outAudioBps: perSecond("outAudioBytes") * 8,
      inFps: perSecond("framesIn"),
      outFps: perSecond("framesOut"),
      inVideoLost: share(grown("inVideoLost"), grown("inVideoPackets")),
      inAudioLost: share(grown("inAudioLost"), grown("inAudioPackets")),
    };
  }

  #inboundVideo(carried: InboundVideoCounts, rates: Rates): InboundVideoStats {
    const { decode: _unused, ...counts } = carried;
    return {
      ...counts,
      bitrateBps: rates.inVideoBps,
      fractionLost: rates.inVideoLost,
      fps: rates.inFps,
      width: this.#inWidth,
      height: this.#inHeight,
      framesDecoded: this.#cadence.count,
      framesSkipped: this.#skippedCount,
      freezes: this.#cadence.freezes,
      freezesMs: this.#cadence.freezesMs,
    };
  }

  #outboundVideo(carried: OutboundVideoCounts, rates: Rates): OutboundVideoStats {
    const { encode: _unused, ...counts } = carried;
    return {
      ...counts,
      bitrateBps: rates.outVideoBps,
      fps: rates.outFps,
      width: this.#outWidth,
      height: this.#outHeight,
    };
  }
}

interface Rates {
  readonly inVideoBps: number;
  readonly inAudioBps: number;
  readonly outVideoBps: number;
  readonly outAudioBps: number;
  readonly inFps: number;
  readonly outFps: number;
  readonly inVideoLost: number;
  readonly inAudioLost: number;
}

function inboundAudio(counts: InboundAudioCounts, rates: Rates, waitingMs: number): InboundAudioStats {
  return { ...counts, bitrateBps: rates.inAudioBps, fractionLost: rates.inAudioLost, waitingMs };
}

function outboundAudio(counts: OutboundAudioCounts, rates: Rates, waitingMs: number): OutboundAudioStats {
  return { ...counts, bitrateBps: rates.outAudioBps, waitingMs };
}
