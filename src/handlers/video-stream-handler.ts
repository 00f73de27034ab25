import { FastRtcError } from "../errors.ts";
import { checkOptionNames, type OptionNames } from "../session/option-names.ts";
import type { taken } from "./takes-inputs.ts";
import type { VideoFunction } from "./video-function.ts";
import type { VideoSource } from "./video-source.ts";

/** How many pictures wait with `skipFrames: false`, a second's worth of a webcam; beyond it the oldest give way. */
const EVERY_FRAME_CAPACITY = 30;

/** What `new VideoStreamHandler` takes besides its function. */
export interface VideoStreamHandlerOptions {
  /**
   * Pictures a second, above 0 and at most 1000: in mode "receive" how many are asked for, otherwise how many are taken at
   * most. @default 30 in mode "receive", any number otherwise
   */
  fps?: number;
  /**
   * Whether a busy function finds only the newest picture, which keeps the delay short. Otherwise it gets every picture, as
   * long as no more than 30 wait: beyond that the oldest are dropped. @default true
   */
  skipFrames?: boolean;
}

const OPTION_NAMES: OptionNames<VideoStreamHandlerOptions> = { fps: true, skipFrames: true };

/** A function or generator of pictures, with a say in how many there are. Annotate its additional inputs. */
export class VideoStreamHandler<Inputs extends readonly unknown[] = readonly unknown[]> {
  declare readonly [taken]?: (...inputs: Inputs) => void;
  /** What makes the pictures. */
  readonly callable: (...args: never[]) => unknown;
  /** Pictures a second; undefined where nothing was said. */
  readonly fps: number | undefined;
  /** Whether only the newest picture waits. */
  readonly skipFrames: boolean;

  /** @throws {FastRtcError} `invalid_option` when an option is unknown or out of its range. */
  constructor(callable: VideoFunction<Inputs>, options?: VideoStreamHandlerOptions);
  constructor(callable: VideoSource<Inputs>, options?: VideoStreamHandlerOptions);
  constructor(callable: (...args: never[]) => unknown, options: VideoStreamHandlerOptions = {}) {
    if (typeof callable !== "function") {
      throw new FastRtcError("invalid_option", "new VideoStreamHandler(...) takes a function, then its options.");
    }
    checkOptionNames(options, { of: "new VideoStreamHandler(...)", names: OPTION_NAMES });
    const { fps, skipFrames = true } = options;
    if (fps !== undefined && !(fps > 0 && fps <= 1000)) {
      throw new FastRtcError(
        "invalid_option",
        `fps is a number of pictures a second above 0 and at most 1000, not ${String(fps)}.`,
      );
    }
    if (typeof skipFrames !== "boolean") {
      throw new FastRtcError("invalid_option", `skipFrames is true or false, not ${String(skipFrames)}.`);
    }
    this.callable = callable;
    this.fps = fps;
    this.skipFrames = skipFrames;
  }

  /** @internal How many pictures may wait. */
  get capacity(): number {
    return this.skipFrames ? 1 : EVERY_FRAME_CAPACITY;
  }
}
