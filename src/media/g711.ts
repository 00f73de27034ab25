/**
 * G.711, the telephone's way to carry a sample in a byte: ITU-T Recommendation G.711 (11/88), mu-law as in North America
 * and Japan, A-law as elsewhere. Both are tables here, made from the recommendation's segments on first use.
 */

/**
 * Encodes 16-bit samples in mu-law, one byte each.
 * @param target Where the bytes go, at least as many as there are samples. @default new memory
 * @returns the bytes, as many as there are samples.
 */
export function encodeMuLaw(samples: Int16Array, target?: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  muLawCodes ??= makeCodes(muLawCode);
  return encode(samples, muLawCodes, target);
}

/** Decodes mu-law to 16-bit samples, one for each byte. Every byte is valid. */
export function decodeMuLaw(bytes: Uint8Array): Int16Array<ArrayBuffer> {
  muLawValues ??= Int16Array.from({ length: 256 }, (_, code) => muLawValue(code));
  return decode(bytes, muLawValues);
}

/** Encodes 16-bit samples in A-law, one byte each. */
export function encodeALaw(samples: Int16Array): Uint8Array<ArrayBuffer> {
  aLawCodes ??= makeCodes(aLawCode);
  return encode(samples, aLawCodes);
}

/** Decodes A-law to 16-bit samples, one for each byte. Every byte is valid. */
export function decodeALaw(bytes: Uint8Array): Int16Array<ArrayBuffer> {
  aLawValues ??= Int16Array.from({ length: 256 }, (_, code) => aLawValue(code));
  return decode(bytes, aLawValues);
}

let muLawCodes: Uint8Array | undefined;
let muLawValues: Int16Array | undefined;
let aLawCodes: Uint8Array | undefined;
let aLawValues: Int16Array | undefined;

/** The code of every sample of 14 bits, at those bits: neither law looks at the last two, and 16 KiB stay in a CPU's cache. */
function makeCodes(codeOf: (sample: number) => number): Uint8Array {
  return Uint8Array.from({ length: 16_384 }, (_, bits) => codeOf((bits << 18) >> 16));
}

function encode(
  samples: Int16Array,
  codes: Uint8Array,
  target: Uint8Array<ArrayBuffer> = new Uint8Array(samples.length),
): Uint8Array<ArrayBuffer> {
  const count = samples.length;
  for (let index = 0; index < count; index += 1) {
    target[index] = codes[((samples[index] as number) >> 2) & 0x3fff] as number;
  }
  return target.length === count ? target : target.subarray(0, count);
}

function decode(bytes: Uint8Array, values: Int16Array): Int16Array<ArrayBuffer> {
  const samples = new Int16Array(bytes.length);
  for (let index = 0; index < bytes.length; index += 1) {
    samples[index] = values[bytes[index] as number] as number;
  }
  return samples;
}

/** Mu-law has 14 bits: 8 segments of 16 steps, the first of step 2, each following one of twice the step. */
const MU_LAW_BIAS = 33;

function muLawCode(sample: number): number {
  // A negative number's ones' complement makes the two halves alike, with -1 as the small step below zero.
  const magnitude = Math.min((sample < 0 ? ~sample >> 2 : sample >> 2) + MU_LAW_BIAS, 0x1fff);
  const segment = 26 - Math.clz32(magnitude);
  const step = (magnitude >> (segment + 1)) & 0x0f;
  const code = (segment << 4) | step;
  // All bits are sent inverted, so that silence has many changes of level.
  return ~(sample < 0 ? 0x80 | code : code) & 0xff;
}

function muLawValue(code: number): number {
  const bits = ~code & 0xff;
  const segment = (bits >> 4) & 0x07;
  const middle = (((bits & 0x0f) << 1) + MU_LAW_BIAS) << segment;
  const value = (middle - MU_LAW_BIAS) << 2;
  return bits & 0x80 ? -value : value;
}

/** A-law has 13 bits: two segments of step 2, then six more, each of twice the step of the one before. */
function aLawCode(sample: number): number {
  const magnitude = sample < 0 ? ~sample >> 4 : sample >> 4;
  const segment = Math.max(0, 28 - Math.clz32(magnitude));
  const step = (segment === 0 ? magnitude : magnitude >> (segment - 1)) & 0x0f;
  // Every other bit is sent inverted.
  return ((segment << 4) | step | (sample < 0 ? 0 : 0x80)) ^ 0x55;
}

function aLawValue(code: number): number {
  const bits = code ^ 0x55;
  const segment = (bits >> 4) & 0x07;
  const step = bits & 0x0f;
  const magnitude = segment === 0 ? (step << 1) | 1 : ((step << 1) | 0x21) << (segment - 1);
  return bits & 0x80 ? magnitude << 3 : -(magnitude << 3);
}
