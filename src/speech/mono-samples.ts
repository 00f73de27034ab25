import type { AudioFrame } from "../media/audio-frame.ts";
import { Resampler } from "../media/resampler.ts";

/** A whole sound as one channel of fractions from -1 to 1 at a model's sample rate. */
export function monoSamples(frame: AudioFrame, sampleRate: number): Float32Array {
  const samples = frame.withChannels(1).toFloat32();
  if (frame.sampleRate === sampleRate) return samples;
  const resampler = new Resampler({ inputRate: frame.sampleRate, outputRate: sampleRate });
  const begin = resampler.push(samples);
  const end = resampler.flush();
  const all = new Float32Array(begin.length + end.length);
  all.set(begin);
  all.set(end, begin.length);
  return all;
}
