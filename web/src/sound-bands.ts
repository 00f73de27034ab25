/** How many bands of pitch a voice is shown in. */
export const BANDS = 20;

/** What a voice is made of, in hertz. */
const LOWEST_HZ = 90;
const HIGHEST_HZ = 7000;

/** The quietest that is shown, and what fills a band, in decibels. */
const FLOOR_DB = -80;
const CEILING_DB = -25;

/**
 * How loud each band of pitch is, from 0 to 1, the lowest first. The bands are equally wide to the ear.
 * @param decibels Loudness by frequency, from 0 to half the sample rate, as an AnalyserNode gives it.
 */
export function bandLevels(decibels: Float32Array, sampleRate: number): number[] {
  const binHz = sampleRate / 2 / decibels.length;
  return Array.from({ length: BANDS }, (_, band) => {
    const from = Math.round(edgeHz(band) / binHz);
    const to = Math.max(from + 1, Math.round(edgeHz(band + 1) / binHz));
    const loudest = decibels.slice(from, to).reduce((most, each) => Math.max(most, each), FLOOR_DB);
    return Math.min(1, Math.max(0, (loudest - FLOOR_DB) / (CEILING_DB - FLOOR_DB)));
  });
}

function edgeHz(band: number): number {
  return LOWEST_HZ * (HIGHEST_HZ / LOWEST_HZ) ** (band / BANDS);
}

/** Reads the bands of a stream whenever it is asked. */
export interface BandReader extends Disposable {
  read(): readonly number[];
}

/** Listens to a stream without playing it. */
export function readBands(stream: MediaStream): BandReader {
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 1024, smoothingTimeConstant: 0.6 });
  context.createMediaStreamSource(stream).connect(analyser);
  const decibels = new Float32Array(analyser.frequencyBinCount);
  return {
    read: () => {
      analyser.getFloatFrequencyData(decibels);
      return bandLevels(decibels, context.sampleRate);
    },
    [Symbol.dispose]: () => {
      context.close().catch(reportError);
    },
  };
}
