import { type InvalidMessage, invalid, isJsonObject } from "../event-message.ts";

/** How the audio of a WebSocket stream is written: 8-bit mu-law (G.711), 16-bit samples, or Opus packets. */
export type MediaEncoding = "mulaw" | "pcm16" | "opus";

/**
 * How audio travels on one WebSocket, the same in both directions.
 *
 * FastRTC's clients know one way: base64 mu-law inside `media` messages, one channel, at the handler's rates. A client
 * that wants better sound asks for it in its first message:
 *
 *     {"event": "start", "websocket_id": "…",
 *      "media": {"encoding": "pcm16", "sample_rate": 24000, "channels": 1, "binary": true}}
 *
 * `encoding` is `mulaw`, `pcm16` or `opus`; `sample_rate` a whole number of hertz from 8000 to 48000, for Opus one of its
 * five rates; `channels` 1 (when left out) or 2, interleaved; `binary` whether audio goes in binary messages (true when
 * left out) or as base64 in `media` messages. Only such a client gets an answer, before any audio:
 *
 *     {"event": "start", "websocket_id": "…", "media": {"encoding": …, "sample_rate": …, "channels": …, "binary": …}}
 *
 * It holds the format that both sides use from then on. The client sends no audio before it; a server without this
 * extension never sends it but answers a `ping`, so a client that gets `pong` first falls back to mu-law in `media`.
 *
 * A binary message is audio and nothing else, without a header: with `pcm16` any number of samples, two bytes each,
 * little endian; with `mulaw` one byte a sample; with `opus` exactly one packet (RFC 6716). Everything that is not audio
 * stays in text messages, the same for old and new clients.
 */
export interface MediaFormat {
  readonly encoding: MediaEncoding;
  /** In hertz. For Opus the rate to decode to and encode from. */
  readonly sampleRate: number;
  readonly channels: 1 | 2;
  /** Whether audio goes in binary messages instead of base64 in `media` messages. */
  readonly binary: boolean;
}

const MIN_SAMPLE_RATE = 8_000;
const MAX_SAMPLE_RATE = 48_000;
const OPUS_SAMPLE_RATES: readonly unknown[] = [8_000, 12_000, 16_000, 24_000, 48_000];

/** Reads the `media` of a `start` message, which is `undefined` when the client did not ask. */
export function parseMediaFormat(value: unknown): MediaFormat | InvalidMessage {
  if (!isJsonObject(value)) return invalid('"media" of "start" is an object with "encoding" and "sample_rate".');
  const { encoding, sample_rate: sampleRate, channels = 1, binary = true } = value;
  if (encoding !== "mulaw" && encoding !== "pcm16" && encoding !== "opus") {
    return invalid('"encoding" is one of "mulaw", "pcm16" and "opus".');
  }
  if (encoding === "opus" && !OPUS_SAMPLE_RATES.includes(sampleRate)) {
    return invalid(`"sample_rate" of Opus is one of ${OPUS_SAMPLE_RATES.join(", ")}.`);
  }
  if (!isSampleRate(sampleRate)) {
    return invalid(`"sample_rate" is a whole number from ${MIN_SAMPLE_RATE} to ${MAX_SAMPLE_RATE}.`);
  }
  if (channels !== 1 && channels !== 2) return invalid('"channels" is 1 or 2.');
  if (typeof binary !== "boolean") return invalid('"binary" is true or false.');
  return { encoding, sampleRate, channels, binary };
}

function isSampleRate(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= MIN_SAMPLE_RATE && value <= MAX_SAMPLE_RATE;
}
