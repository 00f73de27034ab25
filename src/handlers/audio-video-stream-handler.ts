import type { VideoFrame } from "../media/video-frame.ts";
import type { EmittedVideo } from "./emitted.ts";
import { StreamHandler } from "./stream-handler.ts";

/**
 * A conversation with a peer by sound and pictures: a `StreamHandler` with two more methods. In mode "receive" only `emit`
 * and `videoEmit` are called. In mode "send" all four are, but sound and pictures that are given then are ignored.
 */
export abstract class AudioVideoStreamHandler<
  Inputs extends readonly unknown[] = readonly unknown[],
> extends StreamHandler<Inputs> {
  /**
   * Takes the peer's next picture, which is the handler's own and stays valid. While it works only the newest picture waits.
   */
  abstract videoReceive(frame: VideoFrame): void | Promise<void>;

  /**
   * Gives the next picture, AdditionalOutputs, CloseStream, a pair of a picture and one of these, or null; it may wait for it
   * in a promise. It is asked at most `fps` times a second for a picture; after null it is asked again when a picture was
   * received or inputs were set, or after 20 ms.
   */
  abstract videoEmit(): EmittedVideo | void | Promise<EmittedVideo | void>;

  abstract override copy(): AudioVideoStreamHandler<Inputs>;
}

/**
 * FastRTC's name for a handler whose methods are asynchronous. Here one class serves both.
 * @alias
 */
export const AsyncAudioVideoStreamHandler = AudioVideoStreamHandler;
/** FastRTC's name for a handler whose methods are asynchronous. Here one class serves both. */
export type AsyncAudioVideoStreamHandler<Inputs extends readonly unknown[] = readonly unknown[]> =
  AudioVideoStreamHandler<Inputs>;
