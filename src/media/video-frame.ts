import { FastRtcError } from "../errors.ts";
import type { FrameLease } from "./frame-pool.ts";
import { type I420Planes, i420ByteLength, i420Planes } from "./i420.ts";

/** Clockwise turn, in degrees, that a viewer applies to the planes. */
export type Rotation = 0 | 90 | 180 | 270;

export interface VideoFrameInit {
  readonly planes: I420Planes;
  readonly width: number;
  readonly height: number;
  readonly timestampUs?: number | undefined;
  readonly rotation?: Rotation | undefined;
  readonly lease?: FrameLease | undefined;
}

/**
 * One picture. Frames that come from a peer are lent: they, and all frames made from them, are valid
 * until the handler's result has been sent, because their memory is used again for the next picture.
 * `clone()` keeps one for longer. Frames made with `VideoFrame.from` are the caller's own and stay valid.
 */
export class VideoFrame {
  readonly width: number;
  readonly height: number;
  readonly rotation: Rotation;
  /** When the picture was taken, in microseconds; only differences mean something. */
  readonly timestampUs: number | undefined;
  readonly #planes: I420Planes;
  readonly #lease: FrameLease | undefined;

  /** @internal Users make frames with `VideoFrame.from`. */
  constructor({ planes, width, height, timestampUs, rotation = 0, lease }: VideoFrameInit) {
    this.#planes = planes;
    this.width = width;
    this.height = height;
    this.timestampUs = timestampUs;
    this.rotation = rotation;
    this.#lease = lease;
  }

  /** @internal A frame with unspecified contents, its memory from `lease` when there is one. */
  static allocate(
    width: number,
    height: number,
    { lease, timestampUs, rotation }: Pick<VideoFrameInit, "lease" | "timestampUs" | "rotation"> = {},
  ): VideoFrame {
    const byteLength = i420ByteLength(width, height);
    const buffer = lease?.allocate(byteLength) ?? new Uint8Array(byteLength);
    return new VideoFrame({ planes: i420Planes(buffer, width, height), width, height, timestampUs, rotation, lease });
  }

  /**
   * The picture as it was decoded, not a copy: what is written here is sent.
   * @throws {FastRtcError} `frame_released` when the frame's memory has been given back.
   */
  get planes(): I420Planes {
    if (this.#lease?.released) {
      throw new FastRtcError(
        "frame_released",
        "This VideoFrame was only valid until its handler's result had been sent. Keep frame.clone() to use it later.",
      );
    }
    return this.#planes;
  }

  /** The same picture, sharing its memory, taken at another time. */
  withTimestamp(timestampUs: number | undefined): VideoFrame {
    const { planes, width, height, rotation, lease } = this;
    return new VideoFrame({ planes, width, height, timestampUs, rotation, lease });
  }

  /** @internal The loan that this frame and the frames made from it live on. */
  get lease(): FrameLease | undefined {
    return this.#lease;
  }

  /** @internal Gives the memory of this frame, and of every frame made from it, back to its pool. */
  release(): void {
    this.#lease?.release();
  }
}
