import type { Clock } from "../async/clock.ts";
import type { AudioFrame } from "../media/audio-frame.ts";
import type { VideoFrame } from "../media/video-frame.ts";
import type { ServerMessage } from "../protocol/server-message.ts";
import type { AdditionalOutputs } from "./additional-outputs.ts";
import type { CloseStream } from "./close-stream.ts";
import type { Playback } from "./playback.ts";
import type { SessionContext } from "./session-context.ts";
import type { SessionInputs } from "./session-inputs.ts";

/** What a handler gives out: media, values beside it, or the end of the stream. */
export type Emission<Media> = Media | AdditionalOutputs | CloseStream;

/**
 * One peer's handler in the one shape that a session runs, whatever the user wrote: media in, media out.
 * Each method is called once per session, within its context; its input ends when the session does.
 */
export interface PeerHandler {
  /** How many pictures wait for a busy handler; the oldest give way. @default 1: the newest wins */
  readonly videoCapacity?: number;
  /** Before any media. */
  startUp?(session: HandlerSession): void | Promise<void>;
  /**
   * Turns the peer's pictures into those sent back. It owns each input frame and releases it once the
   * frames made from it have been taken: the next step of the iterator is asked for only after a frame was sent.
   * Absent when the handler neither takes nor gives pictures.
   */
  video?(frames: AsyncIterable<VideoFrame>, session: HandlerSession): AsyncIterable<Emission<VideoFrame>>;
  /** The same for sound. The next step is asked for once less than the outlet's bound waits to be played. */
  audio?(frames: AsyncIterable<AudioFrame>, session: HandlerSession): AsyncIterable<Emission<AudioFrame>>;
  /** Answers now, without waiting for a pause: `stream.triggerResponse(id, ...values)`. */
  triggerResponse?(session: HandlerSession): void | Promise<void>;
  /** The caller pressed a key of the telephone. */
  key?(digit: string): void | Promise<void>;
  /** After everything else, exactly once, also when `startUp` or a method above failed. */
  shutdown?(): void | Promise<void>;
}

/** Samples per second of one channel, for transports that can carry any. */
export interface AudioRates {
  /** What the handler is given. */
  readonly inputSampleRate: number;
  /** What it says that it gives; sound of another rate is resampled. */
  readonly outputSampleRate: number;
}

/** What a handler may ask of the session that runs it. */
export interface HandlerSession {
  /** The peer's `webrtc_id`. */
  readonly id: string;
  readonly context: SessionContext;
  /** Whether the peer is a telephone: 8 kHz, no data channel. */
  readonly phoneMode: boolean;
  readonly inputs: SessionInputs;
  /** The time by which the session runs. */
  readonly clock: Clock;
  /** Aborts when the session ends; its reason is the close reason. */
  readonly signal: AbortSignal;
  /** How far the peer has heard the handler's sound, and the way to interrupt it. */
  readonly playback: Playback;
  /** Reports an error of user code: on the server's log with its stack, and to the peer. */
  reportError(error: Error): void;
  sendMessage(message: ServerMessage): void;
  /** Drops the sound that has not been played yet, on the way to the peer and, where it can be reached, in the peer. */
  clearQueue(): void;
}

/** Makes each peer its own handler. */
export interface PeerHandlerFactory {
  /** Never throws: what keeps a handler from being made is thrown by the `startUp` of the one returned. */
  create(): PeerHandler;
  /** Absent when the handlers take and give sound of any rate. */
  readonly audioRates?: AudioRates | undefined;
}
