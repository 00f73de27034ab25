/** The sound that is judged for how quiet it is, in seconds. */
const QUIET_SPAN_S = 0.1;
/** How far before the longest piece's end a silence is looked for, in seconds. */
const SEARCH_S = 5;

/** The samples in pieces of at most so many seconds, each cut where it is quietest in its last five seconds. */
export function cutAtSilence(samples: Float32Array, sampleRate: number, maximumS: number): readonly Float32Array[] {
  const maximum = maximumS * sampleRate;
  const pieces: Float32Array[] = [];
  let rest = samples;
  while (rest.length > maximum) {
    const end = quietest(rest, maximum - SEARCH_S * sampleRate, maximum, QUIET_SPAN_S * sampleRate);
    pieces.push(rest.subarray(0, end));
    rest = rest.subarray(end);
  }
  return [...pieces, rest];
}

/** The middle of the span with the least energy between two positions. */
function quietest(samples: Float32Array, from: number, to: number, span: number): number {
  let best = to;
  let least = Infinity;
  for (let start = from; start + span <= to; start += span / 2) {
    let energy = 0;
    for (let index = start; index < start + span; index += 1) energy += (samples[index] as number) ** 2;
    if (energy >= least) continue;
    least = energy;
    best = start + span / 2;
  }
  return best;
}
