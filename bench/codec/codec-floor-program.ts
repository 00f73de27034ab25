import type { BenchCodec } from "../webrtc/video-format.ts";
import { encodeClip } from "./clip.ts";
import { PictureDecoder } from "./picture-decoder.ts";
import { FRAMES_PER_SECOND, PictureEncoder } from "./picture-encoder.ts";

/** Decodes and encodes the clip again, nothing else, and prints the CPU time as JSON. Takes the codec as its argument. */
const codec = process.argv[2] as BenchCodec;
const clip = encodeClip(codec);
using decoder = new PictureDecoder(codec);
using encoder = new PictureEncoder(codec);

const measure = (work: () => void): number => {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return ((user + system) / 1000 / clip.length) * FRAMES_PER_SECOND;
};

let bytes = 0;
const transcode = (): void => {
  for (const { data, keyframe } of clip) {
    const frame = decoder.decode(data);
    if (frame) bytes += encoder.encodeFrame(frame, keyframe).data.length;
  }
};
const decode = (): void => {
  for (const { data } of clip) decoder.decode(data);
};

transcode(); // Caches and lazily loaded code.
bytes = 0;
const total = measure(transcode);
const kilobitsPerSecond = ((bytes * 8) / 1000 / clip.length) * FRAMES_PER_SECOND;
console.log(JSON.stringify({ codec, cpuMsPerSecond: total, decodeMsPerSecond: measure(decode), kilobitsPerSecond }));
