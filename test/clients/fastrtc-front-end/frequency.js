/** The loudest frequency that an analyser hears, in Hz, and its level in dB. */
export function frequencyOf(analyser, sampleRate) {
  const levels = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(levels);
  let loudest = 1;
  for (let bin = 1; bin < levels.length; bin += 1) if (levels[bin] > levels[loudest]) loudest = bin;
  return {
    frequency: String(Math.round((loudest * sampleRate) / analyser.fftSize)),
    level: String(Math.round(levels[loudest])),
  };
}
