/**
 * Tells how loud a stream is, about 15 times a second, from 0 (silence) to 1 (full scale), on a scale
 * that follows the ear: -60 dB and below is 0. Stops when the signal aborts.
 */
export function watchAudioLevel(stream: MediaStream, onLevel: (level: number) => void, signal: AbortSignal): void {
  if (signal.aborted || stream.getAudioTracks().length === 0) return;
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 1024 });
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    onLevel(loudness(samples));
  }, 66);
  signal.addEventListener(
    "abort",
    () => {
      clearInterval(timer);
      void context.close();
    },
    { once: true },
  );
}

/** Root mean square in decibels, -60 to 0 dB mapped onto 0 to 1. */
export function loudness(samples: Float32Array): number {
  const power = samples.reduce((total, sample) => total + sample * sample, 0) / Math.max(1, samples.length);
  return Math.min(1, Math.max(0, 1 + (10 * Math.log10(power)) / 60));
}
