import type { FrameLease } from "../../media/frame-pool.ts";
import { type ColorSpace, i420ByteLength, i420Planes } from "../../media/i420.ts";
import { copyPlane, planesOf } from "../../media/plane.ts";
import { type Rotation, VideoFrame } from "../../media/video-frame.ts";

/** A picture as it goes from one thread to another: its pixels in memory that both see, the rest beside it. */
export interface SharedPicture {
  /** Gapless I420, exactly as long as the picture needs. */
  readonly memory: SharedArrayBuffer;
  readonly width: number;
  readonly height: number;
  readonly rotation: Rotation;
  readonly colorSpace: ColorSpace;
  readonly timestampUs: number | undefined;
}

/**
 * One way of pictures between two threads. There is memory for one picture, used again for the next: the reader copies it
 * before it asks for another. Half a megabyte of a webcam's picture takes some 50 µs on each side.
 */
export class SharedPictureSlot {
  #memory = new SharedArrayBuffer(0);

  write(frame: VideoFrame): SharedPicture {
    const { width, height, rotation, colorSpace, timestampUs } = frame;
    const byteLength = i420ByteLength(width, height);
    if (this.#memory.byteLength !== byteLength) this.#memory = new SharedArrayBuffer(byteLength);
    const picture = { memory: this.#memory, width, height, rotation, colorSpace, timestampUs };
    copyPicture(frame, viewOf(picture));
    return picture;
  }
}

/** The picture in memory from `lease`. */
export function readSharedPicture(picture: SharedPicture, lease: FrameLease): VideoFrame {
  const { width, height, rotation, colorSpace, timestampUs } = picture;
  const frame = VideoFrame.allocate(width, height, { lease, rotation, colorSpace, timestampUs });
  copyPicture(viewOf(picture), frame);
  return frame;
}

function viewOf({ memory, width, height }: SharedPicture): VideoFrame {
  return new VideoFrame({ planes: i420Planes(new Uint8Array(memory), width, height), width, height });
}

function copyPicture(from: VideoFrame, to: VideoFrame): void {
  const [y, u, v] = planesOf(from.planes, from.width, from.height);
  const [toY, toU, toV] = planesOf(to.planes, to.width, to.height);
  copyPlane(y, toY);
  copyPlane(u, toU);
  copyPlane(v, toV);
}
