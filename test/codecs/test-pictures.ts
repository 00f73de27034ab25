import { chromaSize } from "../../src/media/i420.ts";
import { VideoFrame } from "../../src/media/video-frame.ts";

export interface TestPictureOptions {
  width: number;
  height: number;
  /** Which picture of the moving sequence. */
  index: number;
}

/** A picture like a camera's: a slanted gradient, a moving patch with edges like text, a little noise, calm colours. */
export function testPicture({ width, height, index }: TestPictureOptions): VideoFrame {
  const frame = VideoFrame.allocate(width, height, { timestampUs: Math.round((index * 1_000_000) / 30) });
  const { y, u, v, strideY, strideU, strideV } = frame.planes;
  let noise = index * 7919 + 1;
  const left = Math.round(width * (0.3 + 0.2 * Math.sin(index / 12)));
  const top = Math.round(height * (0.3 + 0.1 * Math.cos(index / 9)));
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const dx = column - left;
      const dy = row - top;
      const inPatch = dx >= 0 && dy >= 0 && dx < width * 0.3 && dy < height * 0.3;
      const glyph = ((dx >> 2) * 7 + (dy >> 3) * 13) % 11 < 3 ? 70 : 0;
      noise = (Math.imul(noise, 1664525) + 1013904223) >>> 0;
      y[row * strideY + column] =
        50 + (column * 70) / width + (row * 30) / height + (inPatch ? glyph : 0) + (noise >>> 30);
    }
  }
  for (let row = 0; row < chromaSize(height); row++) {
    for (let column = 0; column < chromaSize(width); column++) {
      u[row * strideU + column] = 100 + (50 * column) / width;
      v[row * strideV + column] = 150 - (50 * row) / height;
    }
  }
  return frame;
}

/** Likeness of two pictures' luma in decibels; 30 and more looks alike. Compares what both have. */
export function psnr(a: VideoFrame, b: VideoFrame): number {
  const width = Math.min(a.width, b.width);
  const height = Math.min(a.height, b.height);
  let squares = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const difference =
        (a.planes.y[row * a.planes.strideY + column] ?? 0) - (b.planes.y[row * b.planes.strideY + column] ?? 0);
      squares += difference * difference;
    }
  }
  return 10 * Math.log10((255 * 255 * width * height) / Math.max(squares, 1));
}
