import { CameraPicture, PICTURE_BYTES } from "../picture/camera-picture.ts";
import { writeFrameCode } from "../picture/frame-code.ts";
import type { BenchCodec } from "../webrtc/video-format.ts";
import { type EncodedPicture, FRAMES_PER_SECOND, PictureEncoder } from "./picture-encoder.ts";

/** A clip is this many pictures long, ten seconds, and then begins again with its only keyframe. */
export const CLIP_FRAMES = 10 * FRAMES_PER_SECOND;

/**
 * Ten seconds of camera-like video at 1 Mbit/s, made anew and always the same. Every picture carries its place
 * in the clip as its number.
 */
export function encodeClip(codec: BenchCodec): EncodedPicture[] {
  using encoder = new PictureEncoder(codec);
  const camera = new CameraPicture();
  const pixels = new Uint8Array(PICTURE_BYTES);
  return Array.from({ length: CLIP_FRAMES }, (_, number) => {
    camera.draw(pixels, number);
    writeFrameCode(pixels, number);
    return encoder.encodePixels(pixels, number === 0);
  });
}
