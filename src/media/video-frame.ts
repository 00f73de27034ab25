import { FastRtcError } from "../errors.ts";
import { drawCaption } from "./caption/caption.ts";
import type { CaptionOptions } from "./caption/caption-options.ts";
import { cropPlane, cropPlaneBetween } from "./crop-plane.ts";
import { flipPlaneHorizontally, flipPlaneVertically } from "./flip-plane.ts";
import type { FrameLease } from "./frame-pool.ts";
import { type ColorSpace, type I420Planes, i420ByteLength, i420Planes } from "./i420.ts";
import { i420ToPixels } from "./i420-to-pixels.ts";
import { overlayPlane } from "./overlay-plane.ts";
import { assertPictureSize, type PixelFormat, pixelByteLength } from "./pixel-format.ts";
import { pixelsToI420 } from "./pixels-to-i420.ts";
import { copyPlane, type Plane, planesOf } from "./plane.ts";
import { type Fit, placePicture, resizePicture } from "./resize-picture.ts";
import { rotatePlane90, rotatePlane270 } from "./rotate-plane.ts";

/** Clockwise turn, in degrees, that a viewer applies to the planes. */
export type Rotation = 0 | 90 | 180 | 270;

export interface VideoFrameInit {
  readonly planes: I420Planes;
  readonly width: number;
  readonly height: number;
  readonly timestampUs?: number | undefined;
  readonly rotation?: Rotation | undefined;
  readonly colorSpace?: ColorSpace | undefined;
  readonly lease?: FrameLease | undefined;
}

/** What `VideoFrame.from` has to know of the pixels it is given. */
export interface PixelsInit {
  /** How the pixels lie in memory. */
  format: PixelFormat;
  /** Size in pixels, integers from 1 to 16384. Odd sizes work. */
  width: number;
  height: number;
  /** When the picture was taken, in microseconds. @default undefined: when it is sent */
  timestampUs?: number | undefined;
  /** Clockwise turn that a viewer applies. @default 0 */
  rotation?: Rotation | undefined;
  /** What the frame's planes will mean, and those of `i420` pixels mean. @default "bt601" */
  colorSpace?: ColorSpace | undefined;
}

/**
 * One picture. Frames that come from a peer are lent: they, and all frames made from them, are valid
 * until the handler's result has been sent, because their memory is used again for the next picture.
 * `clone()` keeps one for longer. Frames made with `VideoFrame.from` are the caller's own and stay valid.
 *
 * Every method that changes a picture returns a new frame with memory of its own, of the same `timestampUs`,
 * `colorSpace` and (but for `upright`) `rotation`, and leaves this one as it is. Each of them, and `to`, throws `frame_released` once the
 * frame's memory has been given back.
 */
export class VideoFrame {
  /** Width in pixels of the picture in memory, before a viewer turns it by `rotation`. */
  readonly width: number;
  /** Height in pixels of the picture in memory, before a viewer turns it by `rotation`. */
  readonly height: number;
  /** Clockwise turn that a viewer applies to the picture in memory; `upright()` carries it out. */
  readonly rotation: Rotation;
  /** When the picture was taken, in microseconds; only differences mean something. */
  readonly timestampUs: number | undefined;
  /** How the planes stand for colours, always in limited range. `to` reads them so, and it is what the peer is told. */
  readonly colorSpace: ColorSpace;
  readonly #planes: I420Planes;
  readonly #lease: FrameLease | undefined;

  /** @internal Users make frames with `VideoFrame.from`. */
  constructor({ planes, width, height, timestampUs, rotation = 0, colorSpace = "bt601", lease }: VideoFrameInit) {
    this.#planes = planes;
    this.width = width;
    this.height = height;
    this.timestampUs = timestampUs;
    this.rotation = rotation;
    this.colorSpace = colorSpace;
    this.#lease = lease;
  }

  /**
   * Makes a frame of pixels. They are copied, so the caller may use their memory again at once; alpha is ignored.
   * Colours become what `colorSpace` says, in limited range.
   * @param pixels rows from the top without gaps, exactly as many bytes as `format` says; a Node.js Buffer is fine
   * @throws {FastRtcError} `invalid_argument` when the size, the length or another value does not fit.
   */
  static from(pixels: Uint8Array | Uint8ClampedArray, init: PixelsInit): VideoFrame {
    assertPixelsInit(init);
    const { format, width, height, timestampUs, rotation = 0, colorSpace = "bt601" } = init;
    assertPictureSize(width, height);
    assertRotation(rotation);
    assertTimestamp(timestampUs);
    assertColorSpace(colorSpace);
    assertByteLength("pixels", pixels, format, width, height);
    const frame = VideoFrame.allocate(width, height, { timestampUs, rotation, colorSpace });
    pixelsToI420(bytesOf(pixels), format, width, height, frame.planes, colorSpace);
    return frame;
  }

  /** @internal A frame with unspecified contents, its memory from `lease` when there is one. */
  static allocate(
    width: number,
    height: number,
    {
      lease,
      timestampUs,
      rotation,
      colorSpace,
    }: Pick<VideoFrameInit, "lease" | "timestampUs" | "rotation" | "colorSpace"> = {},
  ): VideoFrame {
    const byteLength = i420ByteLength(width, height);
    const buffer = lease?.allocate(byteLength) ?? new Uint8Array(byteLength);
    const planes = i420Planes(buffer, width, height);
    return new VideoFrame({ planes, width, height, timestampUs, rotation, colorSpace, lease });
  }

  /**
   * The picture as it was decoded, not a copy: what is written here is sent.
   * @throws {FastRtcError} `frame_released` when the frame's memory has been given back.
   */
  get planes(): I420Planes {
    this.#assertReadable();
    return this.#planes;
  }

  /** The same picture, sharing its memory, as taken at another time, in microseconds. */
  withTimestamp(timestampUs: number | undefined): VideoFrame {
    const { planes, width, height, rotation, colorSpace, lease } = this;
    return new VideoFrame({ planes, width, height, timestampUs, rotation, colorSpace, lease });
  }

  /** @internal The loan that this frame and the frames made from it live on. */
  get lease(): FrameLease | undefined {
    return this.#lease;
  }

  /**
   * The picture's pixels, a copy in the layout that `PixelFormat` describes, as they lie in memory: call `upright()`
   * first where `rotation` may not be 0. Colours are read by `colorSpace`; alpha is 255.
   */
  to(format: PixelFormat): Uint8Array<ArrayBuffer>;
  /**
   * The same into memory of the caller, which is returned; this spares a megabyte of garbage per frame.
   * @throws {FastRtcError} `invalid_argument` unless `into` has exactly the bytes of the picture in this format.
   */
  to<Target extends Uint8Array | Uint8ClampedArray>(format: PixelFormat, options: { into: Target }): Target;
  to(format: PixelFormat, { into }: { into?: Uint8Array | Uint8ClampedArray } = {}): Uint8Array | Uint8ClampedArray {
    const { planes, width, height, colorSpace } = this;
    const target = into ?? new Uint8Array(pixelByteLength(format, width, height));
    assertByteLength("into", target, format, width, height);
    i420ToPixels(planes, width, height, format, bytesOf(target), colorSpace);
    return target;
  }

  /** The same picture in memory of its own, without the loan: it stays valid for as long as it is kept. */
  clone(): VideoFrame {
    const { width, height, timestampUs, rotation, colorSpace } = this;
    const copy = VideoFrame.allocate(width, height, { timestampUs, rotation, colorSpace });
    return this.#writeTo(copy, copyPlane);
  }

  /**
   * Mirrors the picture: `vertical` turns it upside down, `horizontal` swaps left and right, `both` is half a turn. It is
   * meant for what the viewer sees, after `rotation`.
   */
  flip(direction: "vertical" | "horizontal" | "both"): VideoFrame {
    if (direction !== "vertical" && direction !== "horizontal" && direction !== "both") {
      throw invalid(`flip takes "vertical", "horizontal" or "both", but not ${String(direction)}.`);
    }
    const flipped = this.#allocate(this.width, this.height);
    if (direction === "both") {
      return this.#writeTo(flipped, (from, to) => flipPlaneHorizontally(from, to, true));
    }
    // On a picture that will be turned by a quarter, the viewer's up and down is left and right in memory.
    const sideways = this.rotation === 90 || this.rotation === 270;
    return (direction === "vertical") === sideways
      ? this.#writeTo(flipped, (from, to) => flipPlaneHorizontally(from, to, false))
      : this.#writeTo(flipped, flipPlaneVertically);
  }

  /**
   * Turns the picture clockwise; at 90 and 270 degrees width and height change places.
   * `rotation` stays: the viewer's turn comes on top.
   */
  rotate(degrees: 90 | 180 | 270): VideoFrame {
    if (degrees !== 90 && degrees !== 180 && degrees !== 270) {
      throw invalid(`rotate takes 90, 180 or 270 degrees, but not ${String(degrees)}.`);
    }
    return this.#turned(degrees, this.rotation);
  }

  /** The picture with `rotation` carried out on its pixels: as the viewer sees it, and with a `rotation` of 0. */
  upright(): VideoFrame {
    if (this.rotation !== 0) return this.#turned(this.rotation, 0);
    return this.#writeTo(this.#allocate(this.width, this.height), copyPlane);
  }

  /**
   * Cuts a rectangle out of the picture in memory. Its luma is taken as it is. From an odd `x` or `y`, chroma samples lie
   * between those of the picture and are the mean of their neighbours; from even ones they are taken as they are, too.
   * @throws {FastRtcError} `invalid_argument` unless all values are integers and the rectangle lies within the picture.
   */
  crop({ x, y, width, height }: { x: number; y: number; width: number; height: number }): VideoFrame {
    assertPictureSize(width, height);
    if (!(Number.isInteger(x) && x >= 0 && Number.isInteger(y) && y >= 0)) {
      throw invalid(`crop takes x and y as integers of at least 0, but they are ${String(x)} and ${String(y)}.`);
    }
    if (x + width > this.width || y + height > this.height) {
      throw invalid(
        `The rectangle of ${width}x${height} at ${x}, ${y} does not lie within the picture of ${this.width}x${this.height}.`,
      );
    }
    const cropped = this.#allocate(width, height);
    const halfX = (x & 1) === 1;
    const halfY = (y & 1) === 1;
    return this.#writeTo(cropped, (from, to, isChroma) => {
      if (!isChroma) cropPlane(from, to, x, y);
      else if (halfX || halfY) cropPlaneBetween(from, to, { x: x >> 1, y: y >> 1, halfX, halfY });
      else cropPlane(from, to, x >> 1, y >> 1);
    });
  }

  /**
   * Scales the picture in memory: each pixel is the mean of the area it covers where the picture becomes smaller, and
   * interpolated between its neighbours where it becomes larger.
   * @param width integer from 1 to 16384, as is `height`
   * @param options.fit what happens to a picture of another shape: `fill` stretches it, `contain` shows all of it between
   * black bars, `cover` cuts off what is too much on both sides. @default "fill"
   */
  resize(width: number, height: number, { fit = "fill" }: { fit?: Fit } = {}): VideoFrame {
    assertPictureSize(width, height);
    const place = placePicture(this, { width, height }, fit);
    const resized = this.#allocate(width, height);
    resizePicture(this.#planesOf(), resized.#planesOf(), place);
    return resized;
  }

  /**
   * Draws another picture into this one, the left upper corner of its memory at `x`, `y` of this one's; what does not fit
   * is left out. At an odd `x` or `y` the colour of its edges may be one pixel off.
   * @param options.x integer, may be negative. @default 0; so is `y`
   * @param options.opacity from 0, invisible, to 1. @default 1
   */
  overlay(
    picture: VideoFrame,
    { x = 0, y = 0, opacity = 1 }: { x?: number; y?: number; opacity?: number } = {},
  ): VideoFrame {
    if (!Number.isInteger(x) || !Number.isInteger(y)) {
      throw invalid(`overlay takes x and y as integers, but they are ${String(x)} and ${String(y)}.`);
    }
    if (!(opacity >= 0 && opacity <= 1)) {
      throw invalid(`overlay takes an opacity from 0 to 1, but it is ${String(opacity)}.`);
    }
    const drawn = this.#writeTo(this.#allocate(this.width, this.height), copyPlane);
    const share = Math.round(opacity * 256);
    picture.#inColorSpace(this.colorSpace).#writeTo(drawn, (from, to, isChroma) =>
      overlayPlane(from, to, isChroma ? { x: x >> 1, y: y >> 1, opacity: share } : { x, y, opacity: share }),
    );
    return drawn;
  }

  /**
   * Writes text onto the picture, upright for the viewer. Lines stand below each other; a line that is too long is broken
   * between words. A character that the built-in font lacks is shown as a box; of very long texts the first
   * 4,000 characters are looked at. A text is drawn once and remembered, so repeating it costs little.
   * @param lines one string, in which line feeds count, or one per line
   * @throws {FastRtcError} `invalid_argument` with the name of the option that is wrong.
   */
  caption(lines: string | readonly string[], options: CaptionOptions = {}): VideoFrame {
    const captioned = this.#writeTo(this.#allocate(this.width, this.height), copyPlane);
    drawCaption(captioned.planes, this, lines, options);
    return captioned;
  }

  /** @internal Gives the memory of this frame, and of every frame made from it, back to its pool. */
  release(): void {
    this.#lease?.release();
  }

  /** A frame for what becomes of this one, on the same loan. */
  #allocate(width: number, height: number, rotation: Rotation = this.rotation): VideoFrame {
    this.#assertReadable();
    const { timestampUs, colorSpace } = this;
    return VideoFrame.allocate(width, height, { lease: this.#lease, timestampUs, rotation, colorSpace });
  }

  #assertReadable(): void {
    if (this.#lease?.released) {
      throw new FastRtcError(
        "frame_released",
        "This VideoFrame was only valid until its handler's result had been sent. Keep frame.clone() to use it later.",
      );
    }
  }

  /** The frame itself where it is in this colour space, or a copy that looks the same in it. */
  #inColorSpace(colorSpace: ColorSpace): VideoFrame {
    if (this.colorSpace === colorSpace) return this;
    return VideoFrame.from(this.to("rgb24"), { format: "rgb24", width: this.width, height: this.height, colorSpace });
  }

  #planesOf(): readonly [Plane, Plane, Plane] {
    return planesOf(this.planes, this.width, this.height);
  }

  /** Writes each plane into its counterpart of `target`, and returns that. */
  #writeTo(target: VideoFrame, write: (from: Plane, to: Plane, isChroma: boolean) => void): VideoFrame {
    const [y, u, v] = this.#planesOf();
    const [toY, toU, toV] = target.#planesOf();
    write(y, toY, false);
    write(u, toU, true);
    write(v, toV, true);
    return target;
  }

  #turned(degrees: 90 | 180 | 270, rotation: Rotation): VideoFrame {
    if (degrees === 180) {
      return this.#writeTo(this.#allocate(this.width, this.height, rotation), (from, to) =>
        flipPlaneHorizontally(from, to, true),
      );
    }
    const turned = this.#allocate(this.height, this.width, rotation);
    return this.#writeTo(turned, degrees === 90 ? rotatePlane90 : rotatePlane270);
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint8Array | Uint8ClampedArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function assertPixelsInit(init: unknown): void {
  if (typeof init !== "object" || init === null) {
    throw invalid(
      `VideoFrame.from takes what the pixels are as its second argument, such as { format: "rgba", width: 640, height: 480 }, not ${String(init)}.`,
    );
  }
}

function assertRotation(rotation: unknown): void {
  if (rotation !== 0 && rotation !== 90 && rotation !== 180 && rotation !== 270) {
    throw invalid(`A picture's rotation is 0, 90, 180 or 270 degrees, but not ${String(rotation)}.`);
  }
}

function assertTimestamp(timestampUs: number | undefined): void {
  if (timestampUs !== undefined && !Number.isFinite(timestampUs)) {
    throw invalid(`A picture's timestampUs must be a number of microseconds, but it is ${String(timestampUs)}.`);
  }
}

function assertColorSpace(colorSpace: unknown): void {
  if (colorSpace !== "bt601" && colorSpace !== "bt709") {
    throw invalid(`A picture's colorSpace is "bt601" or "bt709", but not ${String(colorSpace)}.`);
  }
}

function assertByteLength(
  name: string,
  buffer: Uint8Array | Uint8ClampedArray,
  format: PixelFormat,
  width: number,
  height: number,
): void {
  const expected = pixelByteLength(format, width, height);
  if (!(buffer instanceof Uint8Array) && !(buffer instanceof Uint8ClampedArray)) {
    throw invalid(`${name} must be a Uint8Array, a Uint8ClampedArray or a Buffer of ${expected} bytes.`);
  }
  if (buffer.byteLength !== expected) {
    throw invalid(
      `A picture of ${width}x${height} in ${format} has ${expected} bytes, but ${name} has ${buffer.byteLength}.`,
    );
  }
}

function invalid(message: string): FastRtcError {
  return new FastRtcError("invalid_argument", message);
}
