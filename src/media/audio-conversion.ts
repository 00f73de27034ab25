import { AudioFrame, type AudioTuple } from "./audio-frame.ts";
import { type Samples, toFloat32Samples, toInt16Samples } from "./convert-samples.ts";

/**
 * Audio's samples as 16-bit numbers, interleaved as they were: what speech services and WAV files take. What is Int16
 * already is returned as it is; fractions beyond -1 or 1 are clipped.
 */
export function audioToInt16(audio: AudioFrame | AudioTuple | Samples): Int16Array {
  return toInt16Samples(samplesOf(audio));
}

/**
 * Audio's samples as fractions from -1 to 1, interleaved as they were: what speech models take. What is Float32
 * already is returned as it is.
 */
export function audioToFloat32(audio: AudioFrame | AudioTuple | Samples): Float32Array {
  return toFloat32Samples(samplesOf(audio));
}

function samplesOf(audio: AudioFrame | AudioTuple | Samples): Samples {
  if (audio instanceof Int16Array || audio instanceof Float32Array) return audio;
  return AudioFrame.from(audio).samples;
}
