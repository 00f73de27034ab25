import type { AudioFrame } from "../media/audio-frame.ts";
import type { VideoFrame } from "../media/video-frame.ts";
import type { CloseReason } from "./close-reason.ts";

/** Looks on at what one peer does. None of its methods may throw, and media are the handler's: they are looked at, and copied to be kept. */
export interface SessionObserver {
  audioFrame(frame: AudioFrame): void;
  videoFrame(frame: VideoFrame): void;
  message(text: string): void;
  /** The additional inputs were set. */
  inputs(values: readonly unknown[]): void;
  ended(reason: CloseReason): void;
}
