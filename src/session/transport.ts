import type { AudioFrame } from "../media/audio-frame.ts";
import type { VideoFrame } from "../media/video-frame.ts";
import type { ServerMessage } from "../protocol/server-message.ts";
import type { CloseReason } from "./close-reason.ts";
import type { TransportStats } from "./transport-stats.ts";

/** The sound that a transport sends: signed 16-bit samples, interleaved, in packets of equal length. */
export interface AudioFormat {
  /** Samples per second of one channel. */
  readonly sampleRate: number;
  readonly channels: 1 | 2;
  /** How long one packet sounds, in milliseconds. */
  readonly packetMs: number;
  /** How much earlier than it is due a packet may leave, in milliseconds: what the far end keeps against jitter. */
  readonly leadMs: number;
  /** How long after it is due a packet is heard, in milliseconds, as far as one can tell. @default 0 */
  readonly heardDelayMs?: number;
}

/**
 * What carries one peer's media and messages: WebRTC, a WebSocket, a telephone line, or a test.
 * A session outlives its transport, so a transport keeps no state of the application.
 */
export interface Transport {
  readonly kind: "webrtc" | "websocket" | "telephone" | "loopback";
  /**
   * Sends a picture. Resolves once its pixels have been copied or the picture was dropped, which is when
   * the frame may be released; waiting for it keeps a fast handler from running ahead of the encoder.
   */
  sendVideo(frame: VideoFrame): Promise<void>;
  /** Whether pictures can be sent and come. Where they cannot, a handler of sound is not asked for them. @default true */
  readonly carriesVideo?: boolean;
  /** What `sendAudio` wants; absent when this transport sends no sound. */
  readonly audioFormat?: AudioFormat | undefined;
  /** Sends one packet's worth of sound in `audioFormat`; its timestamp says when it plays. Encoding may go on after the call. */
  sendAudio(frame: AudioFrame): void;
  /** Has the far end drop the sound that it was sent and has not played, where it can be told to. */
  clearAudio(): void;
  /** Whether `clearAudio` reaches all that has not been heard. @default false: what left is heard */
  readonly recallsAudio?: boolean;
  /** How much of the sound that was sent has not been heard, in milliseconds, where the far end tells. @default by the clock */
  readonly unheardMs?: number;
  /** Sends a message, or keeps it until the peer can hear it; a bounded number is kept, the oldest go first. */
  sendMessage(message: ServerMessage): void;
  /** What it knows of the media that it carries; absent when it knows nothing. Counts begin with the transport. */
  stats?(): TransportStats;
  /** Closes the connection and frees what it holds. Harmless when repeated. */
  close(): Promise<void>;
}

/** What a transport tells its session. None of these throws. */
export interface TransportEvents {
  /** The peer was heard of while it is connecting: a candidate came. */
  progress(): void;
  /** Media can flow. Called once. */
  connected(): void;
  /**
   * A picture came; the receiver owns it and releases it.
   * @param isOvertaken whether a newer one follows at once, so that only who wants every picture wants this one. @default false
   */
  videoFrame(frame: VideoFrame, isOvertaken?: boolean): void;
  /** Sound came, in pieces of any length, in order and without gaps where that could be helped. */
  audioFrame(frame: AudioFrame): void;
  /** The peer sent a text message. */
  message(text: string): void;
  /** The caller pressed a key of the telephone: one of 0-9, *, # and A-D. */
  key(digit: string): void;
  /** The peer is gone. Called once, and never before `close()` was asked for unless the peer or the network did it. */
  closed(reason: CloseReason): void;
  /** Something failed that the stream survives, an encoder for instance. */
  failure(error: Error): void;
}
