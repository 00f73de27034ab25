// Boxes around what moves, without a model: each picture is compared with the one before, block by block. In its place run a detector of
// yours, such as a YOLO in onnxruntime-node, in a thread of its own (`WorkerHandler`).
// From the environment: PORT, HOST.
import { AdditionalOutputs, Stream, VideoFrame, number, perSession, slider } from "fastrtc";
import { runExample } from "./shared/run-example.ts";

/** What is compared: small, and grey. */
const [COLUMNS, ROWS] = [64, 48];
const GREEN = [40, 220, 60];

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** What each peer showed last. */
const last = perSession((): { picture?: Uint8Array } => ({}));

/** Finds what has changed by more than a share of the brightness, in blocks of a grid of 64 x 48. */
export function detect(before: Uint8Array, now: Uint8Array, threshold: number): readonly Box[] {
  const changed = now.map((value, index) => (Math.abs(value - (before[index] ?? value)) > threshold * 255 ? 1 : 0));
  const boxes: Box[] = [];
  for (let start = 0; start < changed.length; start += 1) {
    if (changed[start] === 0) continue;
    // All that hangs together, from one block to its neighbours.
    const box: Box = { left: COLUMNS, top: ROWS, right: 0, bottom: 0 };
    const waiting = [start];
    changed[start] = 0;
    let size = 0;
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      const [column, row] = [at % COLUMNS, Math.floor(at / COLUMNS)];
      size += 1;
      box.left = Math.min(box.left, column);
      box.right = Math.max(box.right, column + 1);
      box.top = Math.min(box.top, row);
      box.bottom = Math.max(box.bottom, row + 1);
      for (const [x, y] of [
        [column - 1, row],
        [column + 1, row],
        [column, row - 1],
        [column, row + 1],
      ] as const) {
        const next = y * COLUMNS + x;
        if (x < 0 || x >= COLUMNS || changed[next] !== 1) continue;
        changed[next] = 0;
        waiting.push(next);
      }
    }
    if (size >= 4) boxes.push(box);
  }
  return boxes;
}

export const stream = new Stream({
  handler: (frame, threshold) => {
    const now = frame.resize(COLUMNS, ROWS).to("gray8");
    const boxes = detect(last().picture ?? now, now, threshold);
    last().picture = now;
    return [boxes.length > 0 ? outlined(frame, boxes) : frame, new AdditionalOutputs(boxes.length)];
  },
  modality: "video",
  mode: "send-receive",
  additionalInputs: [slider({ label: "Threshold", minimum: 0, maximum: 1, step: 0.01, value: 0.1 })],
  additionalOutputs: [number({ label: "Things that move" })],
  uiArgs: { title: "What moves?" },
  concurrencyLimit: 10,
  timeLimit: 600,
});

/** The picture with a green frame, four pixels wide, around each box. */
function outlined(frame: VideoFrame, boxes: readonly Box[]): VideoFrame {
  const { width, height } = frame;
  const pixels = frame.to("rgb24"); // Red, green and blue of each pixel, as most libraries take them.
  const fill = (left: number, top: number, right: number, bottom: number): void => {
    for (let y = Math.max(0, top); y < Math.min(height, bottom); y += 1) {
      for (let x = Math.max(0, left); x < Math.min(width, right); x += 1) pixels.set(GREEN, (y * width + x) * 3);
    }
  };
  for (const box of boxes) {
    const [left, right] = [box.left, box.right].map((column) => Math.round((column * width) / COLUMNS)) as [
      number,
      number,
    ];
    const [top, bottom] = [box.top, box.bottom].map((row) => Math.round((row * height) / ROWS)) as [number, number];
    fill(left, top, right, top + 4);
    fill(left, bottom - 4, right, bottom);
    fill(left, top, left + 4, bottom);
    fill(right - 4, top, right, bottom);
  }
  return VideoFrame.from(pixels, { format: "rgb24", width, height });
}

await runExample(import.meta, stream);
