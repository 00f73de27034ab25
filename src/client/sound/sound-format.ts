import { fieldsOf } from "../../protocol/json-fields.ts";

/** Samples per second, in hertz. */
export interface SoundRates {
  /** Of what is sent. @default 48000 */
  readonly input?: number;
  /** Of what is received. @default 24000 */
  readonly output?: number;
}

/** How sound is written on one WebSocket. */
export interface WireFormat {
  readonly encoding: "pcm16" | "mulaw";
  readonly inputRate: number;
  readonly outputRate: number;
  readonly channels: 1 | 2;
  /** Whether sound goes in binary messages instead of base64 in `media` messages. */
  readonly isBinary: boolean;
  /** Whether the server sends sound no faster than it plays: then what has piled up came late. */
  readonly isPaced: boolean;
}

/** What is asked of the server: half the rate of most devices holds speech in full, at 384 kbit/s. */
export const ASKED_MEDIA = { encoding: "pcm16", sample_rate: 24_000, channels: 1, binary: true } as const;

/** The format of a server that agrees on none, as FastRTC's own. */
export function plainFormat({ input = 48_000, output = 24_000 }: SoundRates = {}): WireFormat {
  return { encoding: "mulaw", inputRate: input, outputRate: output, channels: 1, isBinary: false, isPaced: false };
}

/** The format in the server's `start`; undefined when it is none that is known here. */
export function agreedFormat(media: unknown): WireFormat | undefined {
  const { encoding, sample_rate: rate, channels, binary } = fieldsOf(media) ?? {};
  if ((encoding !== "pcm16" && encoding !== "mulaw") || typeof rate !== "number") return undefined;
  if (!Number.isInteger(rate) || rate < 8000 || rate > 48_000 || (channels !== 1 && channels !== 2)) return undefined;
  return { encoding, inputRate: rate, outputRate: rate, channels, isBinary: binary === true, isPaced: true };
}
