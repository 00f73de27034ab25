import type { VideoFrame } from "fastrtc";

const BLOCKING_MS = 200;

/** Blocks its thread, as a model that runs on the processor does. */
export default function slow(frame: VideoFrame): VideoFrame {
  const wait = new Int32Array(new SharedArrayBuffer(4));
  const until = performance.now() + BLOCKING_MS;
  while (performance.now() < until) Atomics.wait(wait, 0, 0, until - performance.now());
  return frame.flip("vertical");
}
