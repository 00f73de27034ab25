import type { VideoFrame } from "../media/video-frame.ts";

/**
 * One peer's handler in the one shape that a session runs, whatever the user wrote: media in, media out.
 * Each method is called once; its input ends when the session does.
 */
export interface PeerHandler {
  /**
   * Turns the peer's pictures into those sent back. It owns each input frame and releases it once the
   * frames made from it have been taken: the next step of the iterator is asked for only after a frame was sent.
   */
  video(frames: AsyncIterable<VideoFrame>, session: HandlerSession): AsyncIterable<VideoFrame>;
}

/** What a handler may ask of the session that runs it. */
export interface HandlerSession {
  /** The peer's `webrtc_id`. */
  readonly id: string;
  /** Aborts when the session ends; its reason is the close reason. */
  readonly signal: AbortSignal;
  /** Reports an error of user code: on the server's log with its stack, and to the peer. */
  reportError(error: Error): void;
}

/** Makes each peer its own handler. */
export interface PeerHandlerFactory {
  create(): PeerHandler;
}
