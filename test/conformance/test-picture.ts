import { VideoFrame } from "fastrtc";

const WIDTH = 640;
const HEIGHT = 480;
const BOX = 64;

/** A white box that moves over blue, with the frame's number on it. */
export function* testPictures(count: number): Generator<VideoFrame, void, undefined> {
  const background = filled(WIDTH, HEIGHT, [0, 0, 255]);
  const box = filled(BOX, BOX, [255, 255, 255]);
  for (let number = 0; number < count; number += 1) {
    const x = (number * 4) % (WIDTH - BOX);
    yield background.overlay(box, { x, y: HEIGHT / 2 }).caption(`Frame ${number}`);
  }
}

function filled(width: number, height: number, color: readonly [number, number, number]): VideoFrame {
  const pixels = Uint8Array.from({ length: width * height * 3 }, (_, at) => color[at % 3] ?? 0);
  return VideoFrame.from(pixels, { format: "rgb24", width, height });
}
