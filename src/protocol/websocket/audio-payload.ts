import { type InvalidMessage, invalid } from "../event-message.ts";
import type { MediaFormat } from "./media-format.ts";

/** Longest binary message accepted, in bytes: 1.3 s of stereo at 48 kHz, where clients send 20 to 100 ms. */
const MAX_AUDIO_PAYLOAD_BYTES = 256 * 1024;

/** The longest packet that Opus can make: 120 ms in six frames of 1275 bytes, with their lengths (RFC 6716 §3.2). */
const MAX_OPUS_PACKET_BYTES = 7_664;

/** The audio of one message. */
export type AudioPayload =
  /** Interleaved when there are two channels; in memory of their own. */
  | { readonly type: "pcm16"; readonly samples: Int16Array<ArrayBuffer> }
  /** One byte per sample and channel; a view of the message. */
  | { readonly type: "mulaw"; readonly bytes: Uint8Array }
  /** One packet; a view of the message. */
  | { readonly type: "opus"; readonly packet: Uint8Array };

/** Reads the audio of a binary message, or of a `media` message after base64. It never throws, whatever the bytes. */
export function parseAudioPayload(
  bytes: Uint8Array,
  { encoding, channels }: Pick<MediaFormat, "encoding" | "channels">,
): AudioPayload | InvalidMessage {
  if (bytes.length > MAX_AUDIO_PAYLOAD_BYTES) {
    return invalid(`The message has ${bytes.length} bytes of audio; at most ${MAX_AUDIO_PAYLOAD_BYTES} are read.`);
  }
  switch (encoding) {
    case "pcm16":
      if (bytes.length % (2 * channels) === 0) return { type: "pcm16", samples: decodePcm16(bytes) };
      return invalid(`${bytes.length} bytes do not hold whole 16-bit samples of ${countChannels(channels)}.`);
    case "mulaw":
      if (bytes.length % channels === 0) return { type: "mulaw", bytes };
      return invalid(`${bytes.length} bytes do not hold whole samples of ${countChannels(channels)}.`);
    case "opus":
      if (bytes.length > 0 && bytes.length <= MAX_OPUS_PACKET_BYTES) return { type: "opus", packet: bytes };
      return invalid(`An Opus packet has 1 to ${MAX_OPUS_PACKET_BYTES} bytes, not ${bytes.length}.`);
  }
}

/** Samples as they go into a binary message: two bytes each, little endian. */
export function encodePcm16(samples: Int16Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(samples.length * 2);
  for (let index = 0; index < samples.length; index += 1) {
    const sample = samples[index] ?? 0;
    bytes[2 * index] = sample;
    bytes[2 * index + 1] = sample >> 8;
  }
  return bytes;
}

function decodePcm16(bytes: Uint8Array): Int16Array<ArrayBuffer> {
  const samples = new Int16Array(bytes.length >> 1);
  for (let index = 0; index < samples.length; index += 1) {
    samples[index] = (bytes[2 * index] ?? 0) | ((bytes[2 * index + 1] ?? 0) << 8);
  }
  return samples;
}

function countChannels(channels: 1 | 2): string {
  return channels === 1 ? "one channel" : "two channels";
}
