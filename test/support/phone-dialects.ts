import { decodeMuLaw, encodeMuLaw } from "../../src/media/g711.ts";
import type { PhoneCommand, PhoneDialect } from "./simulated-phone.ts";

type Json = Readonly<Record<string, unknown>>;

/** Telnyx's side of media streaming over WebSockets, by its documentation. */
export function telnyxDialect(parameters: Readonly<Record<string, string>> = {}): PhoneDialect {
  const stream = { stream_id: "32de0dea-53cb-4b21-89a4-9e1819c043bc" };
  let sequence = 0;
  const message = (event: string, body: object): string => {
    sequence += 1;
    return JSON.stringify({ event, sequence_number: String(sequence), ...stream, ...body });
  };
  return {
    sampleRate: 8000,
    returnsClearedMarks: true,
    start: () => [
      JSON.stringify({ event: "connected", version: "1.0.0" }),
      message("start", {
        start: {
          user_id: "3e6f995f-85f7-4705-9741-53b116d28237",
          call_control_id: "v2:T02llQxIyaRkhfRKxgAP8nY511EhFLizdvdUKJiSw8d6A9BborherQ",
          from: "+13122010094",
          to: "+13122123456",
          custom_parameters: parameters,
          media_format: { encoding: "PCMU", sample_rate: 8000, channels: 1 },
        },
      }),
    ],
    sound: (samples, atMs) =>
      message("media", { media: { track: "inbound", chunk: "1", timestamp: String(atMs), payload: muLaw(samples) } }),
    digit: (digit) => message("dtmf", { occurred_at: "2026-11-21T18:00:00Z", dtmf: { digit } }),
    mark: (name) => message("mark", { mark: { name } }),
    stop: () => message("stop", { stop: { call_control_id: "v2:T02" } }),
    read: (text) => {
      const { event, media, mark } = JSON.parse(String(text)) as Json & { media?: Json; mark?: Json };
      if (event === "media") return soundOf(media?.["payload"]);
      if (event === "mark") return { type: "mark", name: String(mark?.["name"]) };
      return event === "clear" ? { type: "clear" } : violation(text);
    },
  };
}

/** Plivo's side of audio streaming, by its documentation. */
export function plivoDialect(parameters: Readonly<Record<string, string>> = {}): PhoneDialect {
  const streamId = "87654321-4321-4321-4321-cba987654321";
  const extra = {
    extra_headers: Object.entries(parameters)
      .map((pair) => pair.join("="))
      .join(";"),
  };
  let sequenceNumber = 0;
  const message = (event: string, body: object): string => {
    sequenceNumber += 1;
    return JSON.stringify({ event, sequenceNumber, ...body, ...extra });
  };
  return {
    sampleRate: 8000,
    returnsClearedMarks: false,
    start: () => [
      message("start", {
        start: {
          callId: "12345678-1234-1234-1234-123456789abc",
          streamId,
          accountId: "MAXXXXXXXXXXXXXXXXXX",
          tracks: ["inbound"],
          mediaFormat: { encoding: "audio/x-mulaw", sampleRate: 8000 },
        },
      }),
    ],
    sound: (samples) =>
      message("media", {
        streamId,
        media: { track: "inbound", timestamp: "1705312200000", chunk: 41, payload: muLaw(samples) },
      }),
    digit: (digit) => message("dtmf", { streamId, dtmf: { track: "inbound", digit, timestamp: "1705312200000" } }),
    mark: (name) => message("playedStream", { streamId, name }),
    stop: () => undefined,
    read: (text) => {
      const { event, media, name, streamId: given } = JSON.parse(String(text)) as Json & { media?: Json };
      if (given !== streamId) return violation(text);
      if (event === "playAudio") {
        const { contentType, sampleRate, payload } = media ?? {};
        return contentType === "audio/x-mulaw" && sampleRate === 8000 ? soundOf(payload) : violation(text);
      }
      if (event === "checkpoint") return { type: "mark", name: String(name) };
      return event === "clearAudio" ? { type: "clear" } : violation(text);
    },
  };
}

/** Vonage's side of a call's WebSocket, by its documentation. */
export function vonageDialect(parameters: Readonly<Record<string, string>> = {}): PhoneDialect {
  return {
    sampleRate: 16_000,
    returnsClearedMarks: false,
    start: () => [
      JSON.stringify({ event: "websocket:connected", "content-type": "audio/l16;rate=16000", ...parameters }),
    ],
    sound: (samples) => Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength),
    digit: (digit) => JSON.stringify({ event: "websocket:dtmf", digit, duration: 260 }),
    mark: (name) => JSON.stringify({ event: "websocket:notify", payload: { name } }),
    stop: () => undefined,
    read: (message) => {
      if (typeof message !== "string") {
        if (message.length !== 640) return { type: "violation", reason: `${message.length} bytes, not 20 ms` };
        return { type: "sound", samples: new Int16Array(message.slice().buffer) };
      }
      const { action, payload } = JSON.parse(message) as Json & { payload?: Json };
      if (action === "notify") return { type: "mark", name: String(payload?.["name"]) };
      return action === "clear" ? { type: "clear" } : violation(message);
    },
  };
}

function muLaw(samples: Int16Array): string {
  return Buffer.from(encodeMuLaw(samples)).toString("base64");
}

function soundOf(payload: unknown): PhoneCommand {
  const bytes = Buffer.from(String(payload), "base64");
  return bytes.length > 0 && bytes.length % 160 === 0
    ? { type: "sound", samples: decodeMuLaw(bytes) }
    : { type: "violation", reason: `${bytes.length} bytes of sound` };
}

function violation(message: string | Uint8Array): PhoneCommand {
  return { type: "violation", reason: `unknown: ${String(message)}` };
}
