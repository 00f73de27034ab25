import type { Clock } from "../../src/async/clock.ts";
import { decodeMuLaw, encodeMuLaw } from "../../src/media/g711.ts";
import { type PhoneCommand, type PhoneDialect, SimulatedPhone } from "./simulated-phone.ts";

interface TwilioCommand {
  readonly event: string;
  readonly streamSid?: string;
  readonly media?: { readonly payload: string };
  readonly mark?: { readonly name: string };
}

export interface SimulatedTwilioOptions {
  readonly clock: Clock;
  /** Sends a text message to the server. */
  readonly send: (text: string) => void;
  /** @default "MZ1" */
  readonly streamSid?: string;
}

/** Twilio's side of a Media Streams WebSocket, by its documentation. */
export class SimulatedTwilio extends SimulatedPhone {
  readonly streamSid: string;

  constructor({ clock, send, streamSid = "MZ1" }: SimulatedTwilioOptions) {
    super({ clock, dialect: twilioDialect(streamSid), send: (message) => send(String(message)) });
    this.streamSid = streamSid;
  }
}

function twilioDialect(streamSid: string): PhoneDialect {
  let sequence = 0;
  let chunk = 0;
  const message = (event: string, body: object): string => {
    sequence += 1;
    return JSON.stringify({ event, sequenceNumber: String(sequence), ...body, streamSid });
  };
  return {
    sampleRate: 8000,
    returnsClearedMarks: true,
    start: () => [
      JSON.stringify({ event: "connected", protocol: "Call", version: "1.0.0" }),
      message("start", {
        start: {
          streamSid,
          accountSid: "AC1",
          callSid: "CA1",
          tracks: ["inbound"],
          customParameters: {},
          mediaFormat: { encoding: "audio/x-mulaw", sampleRate: 8000, channels: 1 },
        },
      }),
    ],
    sound: (samples, atMs) => {
      chunk += 1;
      const payload = Buffer.from(encodeMuLaw(samples)).toString("base64");
      return message("media", { media: { track: "inbound", chunk: String(chunk), timestamp: String(atMs), payload } });
    },
    digit: (digit) => message("dtmf", { dtmf: { track: "inbound_track", digit } }),
    mark: (name) => message("mark", { mark: { name } }),
    stop: () => message("stop", { stop: { accountSid: "AC1", callSid: "CA1" } }),
    read: (text) => read(String(text), streamSid),
  };
}

function read(text: string, streamSid: string): PhoneCommand {
  const command = JSON.parse(text) as TwilioCommand;
  if (command.streamSid !== streamSid) return { type: "violation", reason: `no streamSid: ${text}` };
  switch (command.event) {
    case "media": {
      const bytes = Buffer.from(command.media?.payload ?? "", "base64");
      if (bytes.length === 0 || bytes.length % 160 !== 0) {
        return { type: "violation", reason: `${bytes.length} bytes of sound` };
      }
      return { type: "sound", samples: decodeMuLaw(bytes) };
    }
    case "mark":
      return { type: "mark", name: command.mark?.name ?? "" };
    case "clear":
      return { type: "clear" };
    default:
      return { type: "violation", reason: `unknown: ${text}` };
  }
}
