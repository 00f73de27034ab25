import type { AudioFrame } from "../media/audio-frame.ts";
import { joined } from "../media/joined.ts";
import { Resampler } from "../media/resampler.ts";

/** A whole sound as one channel of fractions from -1 to 1 at a model's sample rate. */
export function monoSamples(frame: AudioFrame, sampleRate: number): Float32Array {
  const samples = frame.withChannels(1).toFloat32();
  if (frame.sampleRate === sampleRate) return samples;
  const resampler = new Resampler({ inputRate: frame.sampleRate, outputRate: sampleRate });
  return joined([resampler.push(samples), resampler.flush()], (length) => new Float32Array(length));
}
