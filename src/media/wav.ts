import { FastRtcError } from "../errors.ts";
import { AudioFrame } from "./audio-frame.ts";

/** Bytes before the samples of the files that this module writes. */
const HEADER_BYTES = 44;

const FORMAT_PCM = 1;
const FORMAT_FLOAT = 3;
const FORMAT_EXTENSIBLE = 0xfffe;

/** The audio as a complete WAV file: 16-bit PCM for Int16 samples, 32-bit floating point for Float32 ones. */
export function writeWav(audio: AudioFrame): Uint8Array<ArrayBuffer> {
  const { samples } = audio;
  const file = new Uint8Array(HEADER_BYTES + samples.byteLength);
  file.set(
    writeWavHeader({
      sampleRate: audio.sampleRate,
      channels: audio.channels,
      encoding: samples instanceof Int16Array ? "int16" : "float32",
      dataBytes: samples.byteLength,
    }),
  );
  const view = new DataView(file.buffer);
  for (let index = 0; index < samples.length; index += 1) {
    const sample = samples[index] as number;
    if (samples instanceof Int16Array) view.setInt16(HEADER_BYTES + 2 * index, sample, true);
    else view.setFloat32(HEADER_BYTES + 4 * index, sample, true);
  }
  return file;
}

/**
 * The 44 bytes before a WAV file's samples, for a file that is written piece by piece.
 * @param options.dataBytes how many bytes of samples follow. @default unknown, which players take as up to the end
 */
export function writeWavHeader({
  sampleRate,
  channels,
  encoding,
  dataBytes,
}: {
  sampleRate: number;
  channels: number;
  encoding: "int16" | "float32";
  dataBytes?: number;
}): Uint8Array<ArrayBuffer> {
  const sampleBytes = encoding === "int16" ? 2 : 4;
  const header = new Uint8Array(HEADER_BYTES);
  const view = new DataView(header.buffer);
  writeTag(view, 0, "RIFF");
  view.setUint32(4, dataBytes === undefined ? UNKNOWN_SIZE : HEADER_BYTES - 8 + dataBytes, true);
  writeTag(view, 8, "WAVE");
  writeTag(view, 12, "fmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, encoding === "int16" ? FORMAT_PCM : FORMAT_FLOAT, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * channels * sampleBytes, true);
  view.setUint16(32, channels * sampleBytes, true);
  view.setUint16(34, 8 * sampleBytes, true);
  writeTag(view, 36, "data");
  view.setUint32(40, dataBytes ?? UNKNOWN_SIZE, true);
  return header;
}

/** What a file carries for a size that was not known when it was begun. */
const UNKNOWN_SIZE = 0xffff_ffff;

/**
 * Reads a WAV file: PCM of 8, 16, 24 or 32 bits and floating point of 32 or 64. 8 and 16 bits become Int16
 * samples, the others Float32. A file that was cut off gives the samples that are there.
 * @throws {FastRtcError} `invalid_argument` for anything else.
 */
export function parseWav(file: Uint8Array): AudioFrame {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.byteLength < 12 || readTag(view, 0) !== "RIFF" || readTag(view, 8) !== "WAVE") {
    throw invalid("This is not a WAV file: it does not begin with RIFF and WAVE.");
  }
  let format: WavFormat | undefined;
  for (let at = 12; at + 8 <= file.byteLength;) {
    const tag = readTag(view, at);
    const size = view.getUint32(at + 4, true);
    const end = Math.min(at + 8 + size, file.byteLength);
    if (tag === "fmt ") format = parseFormat(view, at + 8, end);
    if (tag === "data") {
      if (!format) throw invalid("This WAV file has no format before its samples.");
      return readSamples(view, at + 8, end, format);
    }
    // Chunks begin at even places.
    at += 8 + size + (size & 1);
  }
  throw invalid("This WAV file has no samples.");
}

interface WavFormat {
  readonly kind: "pcm" | "float";
  readonly bits: number;
  readonly channels: number;
  readonly sampleRate: number;
}

function parseFormat(view: DataView, start: number, end: number): WavFormat {
  if (end - start < 16) throw invalid("This WAV file's format is cut off.");
  const bits = view.getUint16(start + 14, true);
  let code = view.getUint16(start, true);
  // The extensible format keeps the old code in the first two bytes of its GUID.
  if (code === FORMAT_EXTENSIBLE && end - start >= 26) code = view.getUint16(start + 24, true);
  const known =
    (code === FORMAT_PCM && [8, 16, 24, 32].includes(bits)) || (code === FORMAT_FLOAT && [32, 64].includes(bits));
  if (!known) {
    throw invalid(
      `WAV files of PCM with 8 to 32 bits or of floating point can be read, but not of format ${code} with ${bits} bits.`,
    );
  }
  return {
    kind: code === FORMAT_PCM ? "pcm" : "float",
    bits,
    channels: view.getUint16(start + 2, true),
    sampleRate: view.getUint32(start + 4, true),
  };
}

function readSamples(
  view: DataView,
  start: number,
  end: number,
  { kind, bits, channels, sampleRate }: WavFormat,
): AudioFrame {
  const sampleBytes = bits / 8;
  const perChannel = Math.floor((end - start) / (sampleBytes * Math.max(1, channels)));
  const read = readerOf(view, kind, bits);
  const length = perChannel * channels;
  const samples = bits <= 16 ? new Int16Array(length) : new Float32Array(length);
  for (let index = 0; index < length; index += 1) samples[index] = read(start + index * sampleBytes);
  return new AudioFrame({ samples, sampleRate, channels });
}

function readerOf(view: DataView, kind: "pcm" | "float", bits: number): (at: number) => number {
  if (kind === "float") {
    return bits === 32 ? (at) => view.getFloat32(at, true) : (at) => view.getFloat64(at, true);
  }
  switch (bits) {
    case 8: // The only unsigned one.
      return (at) => (view.getUint8(at) - 128) << 8;
    case 16:
      return (at) => view.getInt16(at, true);
    case 24:
      return (at) => (view.getUint16(at, true) | (view.getInt8(at + 2) << 16)) / 8_388_608;
    default:
      return (at) => view.getInt32(at, true) / 2_147_483_648;
  }
}

function readTag(view: DataView, at: number): string {
  return String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));
}

function writeTag(view: DataView, at: number, tag: string): void {
  for (let index = 0; index < 4; index += 1) view.setUint8(at + index, tag.charCodeAt(index));
}

function invalid(message: string): FastRtcError {
  return new FastRtcError("invalid_argument", message);
}
