import type { Clock } from "../async/clock.ts";
import type { AudioFrame } from "../media/audio-frame.ts";
import type { VideoFrame } from "../media/video-frame.ts";
import type { ServerMessage } from "../protocol/server-message.ts";
import type { AdditionalOutputs } from "./additional-outputs.ts";
import type { CloseStream } from "./close-stream.ts";
import type { Playback } from "./playback.ts";
import type { SessionTrace } from "./session-trace.ts";
import type { SessionContext } from "./session-context.ts";
import type { SessionInputs } from "./session-inputs.ts";

/** What a handler gives out: media, values beside it, or the end of the stream. */
export type Emission<Media> = Media | AdditionalOutputs | CloseStream;

/** What a handler gives out, for the session to read; or handed to it, by handlers that have mostly done at once. */
export type Emissions<Media> = AsyncIterable<Emission<Media>> | PushedEmissions<Media>;

/** Takes one emission. The next must not come before a promise that it returns has settled, which never rejects. */
export type GiveEmission<Media> = (emission: Emission<Media>) => Promise<void> | undefined;

/** Emissions that need no promise each, of which a thousand peers with fifty packets a second make too many. */
export interface PushedEmissions<Media> {
  /** Begins. Resolves when nothing more will be given; rejects with what has ended the handler. */
  pushTo(give: GiveEmission<Media>): Promise<void>;
}

/** The media of one kind that a peer sends: to be read, or drained without a promise for each. */
export interface MediaInput<Media> extends AsyncIterable<Media> {
  /** Has each item handed to `take`; they wait, by the rules of a queue, while a promise that it returned is pending. */
  drain(take: (media: Media) => Promise<void> | undefined): void;
}

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
  video?(frames: MediaInput<VideoFrame>, session: HandlerSession): Emissions<VideoFrame>;
  /** The same for sound. The next step is asked for once less than the outlet's bound waits to be played. */
  audio?(frames: MediaInput<AudioFrame>, session: HandlerSession): Emissions<AudioFrame>;
  /** Answers now, without waiting for a pause: `stream.triggerResponse(id, ...values)`. */
  triggerResponse?(session: HandlerSession): void | Promise<void>;
  /** The front end sent a text on the data channel. */
  message?(text: string): void | Promise<void>;
  /** The caller pressed a key of the telephone. */
  key?(digit: string): void | Promise<void>;
  /** After everything else, exactly once, also when `startUp` or a method above failed. */
  shutdown?(): void | Promise<void>;
}

/** A handler of pictures that reads them, and gives its own to whoever reads those: in a session or in a worker. */
export interface PictureReader extends PeerHandler {
  video(frames: AsyncIterable<VideoFrame>, session: HandlerSession): AsyncIterable<Emission<VideoFrame>>;
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
  /** Where its work is traced; absent without OpenTelemetry. */
  readonly trace?: SessionTrace | undefined;
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
