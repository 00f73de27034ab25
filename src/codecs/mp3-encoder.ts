import { setImmediate as nextTurn } from "node:timers/promises";
import { AudioConverter } from "../media/audio-converter.ts";
import { AudioFrame } from "../media/audio-frame.ts";
import { joined } from "../media/joined.ts";

/** The sample rates that MP3 knows (ISO 11172-3, 13818-3 and LAME's MPEG 2.5). */
const SAMPLE_RATES = [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];
/** How much is encoded before others get their turn, in milliseconds of sound: some 10 ms of work. */
const STEP_MS = 500;

/**
 * A whole piece of sound as an MP3 file, by LAME. Mono or stereo, at the nearest sample rate that MP3 has, with constant
 * 128 kbit/s, 96 below 32 kHz and 64 below 16 kHz.
 */
export async function encodeMp3(audio: AudioFrame): Promise<Uint8Array<ArrayBuffer>> {
  const { sampleRate, channels, frame } = suited(audio);
  // Loaded when it is needed for the first time: most streams never do.
  const { createMp3Encoder } = await import("wasm-media-encoders");
  const encoder = await createMp3Encoder();
  const bitrate = sampleRate >= 32_000 ? 128 : sampleRate >= 16_000 ? 96 : 64;
  encoder.configure({ sampleRate, channels, bitrate });
  const parts: Uint8Array[] = [];
  const stepLength = (sampleRate * STEP_MS) / 1000;
  const planes = Array.from({ length: channels }, (_, channel) => frame.channel(channel));
  for (let start = 0; start < frame.length; start += stepLength) {
    // What it returns is its own memory, which the next call writes over.
    parts.push(encoder.encode(planes.map((plane) => plane.subarray(start, start + stepLength))).slice());
    await nextTurn();
  }
  parts.push(encoder.finalize().slice());
  return joined(parts, (length) => new Uint8Array(length));
}

/** The sound in a format that MP3 has. */
function suited(audio: AudioFrame): { sampleRate: number; channels: 1 | 2; frame: AudioFrame } {
  const sampleRate = SAMPLE_RATES.find((rate) => rate >= audio.sampleRate) ?? 48_000;
  const channels = audio.channels === 1 ? 1 : 2;
  if (sampleRate === audio.sampleRate && channels === audio.channels) return { sampleRate, channels, frame: audio };
  const converter = new AudioConverter({ sampleRate, channels });
  const mixed = channels === audio.channels ? audio : audio.withChannels(channels);
  const pieces = [converter.push(mixed), converter.flush()].filter((piece) => piece !== undefined);
  const samples = joined(
    pieces.map((piece) => piece.toInt16()),
    (length) => new Int16Array(length),
  );
  return { sampleRate, channels, frame: new AudioFrame({ samples, sampleRate, channels }) };
}
