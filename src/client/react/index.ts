export { useDevices } from "./use-devices.ts";
export { useLevel } from "./use-level.ts";
export { type StreamView, type UsedStream, useStream, type UseStreamOptions } from "./use-stream.ts";
