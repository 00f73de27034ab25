/** A moment of a voice. */
export interface PitchedMoment {
  /** The pitch, in semitones above 1 Hz. */
  readonly semitones: number;
}

/** Every how many samples of 16 kHz one is kept: the pitch of a voice lies far below 2 kHz. */
const DECIMATION = 4;
const RATE = 16_000 / DECIMATION;
/** 40 ms, two periods of the lowest voice, looked at every 20 ms. */
const FRAME = RATE * 0.04;
const HOP = RATE * 0.02;
/** Of the products of a correlation every other one is enough, and takes half the time. */
const STRIDE = 2;
/** The periods of voices from about 330 down to 70 Hz, and some room, in samples. */
const SHORTEST = 8;
const LONGEST = 57;
/** How alike a voice is after a period, at least. */
const LEAST_CORRELATION = 0.6;
/** How far below its loudest moments a voice is listened to, as a share of their energy: -30 dB. */
const LEAST_ENERGY = 1e-3;
/** How far above what is quietest, the noise of the room, a voice is listened to, as a multiple of its energy: 6 dB. */
const ABOVE_NOISE = 4;
/** What share of the moments is at least as quiet as the noise of the room: stops between words are. */
const NOISE_SHARE = 0.05;
/** How far a voice moves from its middle, in semitones, at most: what lies beyond is a whole octave wrong, or no voice. */
const MOST_SEMITONES = 10;
/** A shorter period that is nearly as good is the right one: twice a period is one as well. */
const NEARLY = 0.97;

/**
 * The pitch of a voice over time, in those moments in which it has one, by normalised autocorrelation.
 * @param audio Mono, 16 kHz, fractions from -1 to 1.
 */
export function pitchTrack(audio: Float32Array): readonly PitchedMoment[] {
  const samples = decimated(audio);
  const energies = runningEnergies(samples);
  const energyOf = (start: number): number => (energies[start + FRAME] as number) - (energies[start] as number);
  const starts: number[] = [];
  for (let start = 0; start + FRAME + LONGEST + 1 <= samples.length; start += HOP) starts.push(start);
  const sorted = starts.map(energyOf).toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0;
  const least = Math.max(at(0.95) * LEAST_ENERGY, at(NOISE_SHARE) * ABOVE_NOISE);
  const moments: PitchedMoment[] = [];
  for (const start of starts) {
    if (energyOf(start) <= least) continue;
    const period = periodAt(samples, start, energyOf);
    if (period !== undefined) moments.push({ semitones: 12 * Math.log2(RATE / period) });
  }
  const pitches = moments.map(({ semitones }) => semitones).toSorted((a, b) => a - b);
  const middle = pitches[Math.floor(pitches.length / 2)] ?? 0;
  return moments.filter(({ semitones }) => Math.abs(semitones - middle) <= MOST_SEMITONES);
}

function decimated(audio: Float32Array): Float32Array {
  const samples = new Float32Array(Math.floor(audio.length / DECIMATION));
  for (let index = 0; index < samples.length; index += 1) {
    let sum = 0;
    for (let offset = 0; offset < DECIMATION; offset += 1) sum += audio[index * DECIMATION + offset] as number;
    samples[index] = sum / DECIMATION;
  }
  return samples;
}

/** The energy of all samples before each. */
function runningEnergies(samples: Float32Array): Float64Array {
  const energies = new Float64Array(samples.length + 1);
  for (let index = 0; index < samples.length; index += 1) {
    energies[index + 1] = (energies[index] as number) + (samples[index] as number) ** 2;
  }
  return energies;
}

/** The period of the voice in the frame that begins at `start`, in samples; undefined where there is none. */
function periodAt(samples: Float32Array, start: number, energyOf: (start: number) => number): number | undefined {
  const correlations = new Float64Array(LONGEST + 2);
  const energy = energyOf(start);
  let best = SHORTEST;
  for (let lag = SHORTEST; lag <= LONGEST; lag += 1) {
    let product = 0;
    for (let index = start; index < start + FRAME; index += STRIDE) {
      product += (samples[index] as number) * (samples[index + lag] as number);
    }
    correlations[lag] = (product * STRIDE) / Math.sqrt(energy * energyOf(start + lag) + 1e-12);
    if ((correlations[lag] as number) > (correlations[best] as number)) best = lag;
  }
  const at = (lag: number): number => correlations[lag] as number;
  // Noise of low frequencies is alike after the shortest times, and ever less so after longer ones.
  if (at(best) < LEAST_CORRELATION || best === SHORTEST) return undefined;
  for (let lag = SHORTEST + 1; lag < best; lag += 1) {
    if (at(lag) >= at(lag - 1) && at(lag) >= at(lag + 1) && vertex(at, lag).height > NEARLY * at(best)) {
      return vertex(at, lag).lag;
    }
  }
  return best < LONGEST ? vertex(at, best).lag : best;
}

/** The top of the parabola through three neighbours: a short period lies between two samples, where none is as high. */
function vertex(at: (lag: number) => number, lag: number): { readonly lag: number; readonly height: number } {
  const [before, here, after] = [at(lag - 1), at(lag), at(lag + 1)];
  const curvature = before - 2 * here + after;
  if (curvature >= 0) return { lag, height: here };
  const offset = (0.5 * (before - after)) / curvature;
  return { lag: lag + offset, height: here - 0.25 * (before - after) * offset };
}
