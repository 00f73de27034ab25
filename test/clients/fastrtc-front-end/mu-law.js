// ITU-T G.711 mu-law, written from the standard's definition: a sign, a segment of doubling width, a step in it.
const BIAS = 33;
const LARGEST = 8158;

/** @param {Float32Array} samples from -1 to 1 */
export function encodeMuLaw(samples) {
  return Uint8Array.from(samples, (sample) => {
    const magnitude = Math.min(Math.round(Math.abs(sample) * 8192), LARGEST) + BIAS;
    const segment = Math.floor(Math.log2(magnitude)) - 5;
    const step = (magnitude >> (segment + 1)) & 15;
    return ~((sample < 0 ? 128 : 0) | (segment << 4) | step) & 255;
  });
}

/** @param {Uint8Array} bytes @returns {Float32Array} samples from -1 to 1 */
export function decodeMuLaw(bytes) {
  return Float32Array.from(bytes, (byte) => {
    const bits = ~byte & 255;
    const segment = (bits >> 4) & 7;
    const magnitude = ((((bits & 15) << 1) + BIAS) << segment) - BIAS;
    return ((bits & 128 ? -1 : 1) * magnitude) / 8192;
  });
}
