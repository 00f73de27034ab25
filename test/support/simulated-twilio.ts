import type { Clock } from "../../src/async/clock.ts";
import { decodeMuLaw, encodeMuLaw } from "../../src/media/g711.ts";

const PACKET_MS = 20;
const BYTES_PER_MS = 8;

interface TwilioCommand {
  readonly event: string;
  readonly streamSid?: string;
  readonly media?: { readonly payload: string };
  readonly mark?: { readonly name: string };
}

/** What waits to be played, in order. */
type Queued =
  | { readonly type: "sound"; readonly samples: Int16Array; readonly lengthMs: number }
  | { readonly type: "mark"; readonly name: string };

export interface SimulatedTwilioOptions {
  readonly clock: Clock;
  /** Sends a text message to the server. */
  readonly send: (text: string) => void;
  /** @default "MZ1" */
  readonly streamSid?: string;
}

/**
 * Twilio's side of a Media Streams WebSocket, by its documentation: `connected`, `start`, 20 ms of the caller's sound at
 * a time; it plays what it is sent from a buffer, sends a mark back once all before it has been played, and on `clear`
 * empties the buffer and sends back the marks in it. It keeps what the caller heard.
 */
export class SimulatedTwilio {
  readonly streamSid: string;
  /** What went against the documentation. */
  readonly violations: string[] = [];
  /** What the caller heard: where each piece began, on the clock, and its samples. */
  readonly heard: { readonly atMs: number; readonly samples: Int16Array }[] = [];
  clearCount = 0;
  readonly #clock: Clock;
  readonly #send: (text: string) => void;
  readonly #queue: Queued[] = [];
  #sequence = 0;
  #chunk = 0;
  #playing: (() => void) | undefined;
  #speaking: (() => void) | undefined;

  constructor({ clock, send, streamSid = "MZ1" }: SimulatedTwilioOptions) {
    this.#clock = clock;
    this.#send = send;
    this.streamSid = streamSid;
  }

  /** How much sound the caller heard, in milliseconds. */
  get heardMs(): number {
    return this.heard.reduce((sum, { samples }) => sum + samples.length / BYTES_PER_MS, 0);
  }

  /** How much sound waits to be played, in milliseconds, without the piece that is being played. */
  get bufferedMs(): number {
    return this.#queue.reduce((sum, queued) => sum + (queued.type === "sound" ? queued.lengthMs : 0), 0);
  }

  /** The call is answered: `connected`, then `start`. */
  start(): void {
    this.#send(JSON.stringify({ event: "connected", protocol: "Call", version: "1.0.0" }));
    this.#message("start", {
      start: {
        streamSid: this.streamSid,
        accountSid: "AC1",
        callSid: "CA1",
        tracks: ["inbound"],
        customParameters: {},
        mediaFormat: { encoding: "audio/x-mulaw", sampleRate: 8000, channels: 1 },
      },
    });
  }

  /** The caller makes a sound, sent every 20 ms until `silence` or the end. */
  speak(soundAt: (sample: number) => number): void {
    this.silence();
    const beganAtMs = this.#clock.nowMs();
    let packets = 0;
    const next = (): void => {
      packets += 1;
      this.#speaking = this.#clock.after(beganAtMs + packets * PACKET_MS - this.#clock.nowMs(), () => {
        const first = (packets - 1) * PACKET_MS * BYTES_PER_MS;
        this.sendSound(Int16Array.from({ length: PACKET_MS * BYTES_PER_MS }, (_, index) => soundAt(first + index)));
        next();
      });
    };
    next();
  }

  silence(): void {
    this.#speaking?.();
    this.#speaking = undefined;
  }

  /** Sends one piece of the caller's sound now. */
  sendSound(samples: Int16Array): void {
    this.#chunk += 1;
    const payload = Buffer.from(encodeMuLaw(samples)).toString("base64");
    const timestamp = String(Math.round(this.#clock.nowMs()));
    this.#message("media", { media: { track: "inbound", chunk: String(this.#chunk), timestamp, payload } });
  }

  press(digit: string): void {
    this.#message("dtmf", { dtmf: { track: "inbound_track", digit } });
  }

  /** The caller hangs up. */
  stop(): void {
    this.silence();
    this.#message("stop", { stop: { accountSid: "AC1", callSid: "CA1" } });
  }

  /** Takes a message of the server. */
  receive(text: string): void {
    const command = JSON.parse(text) as TwilioCommand;
    if (command.streamSid !== this.streamSid) this.violations.push(`no streamSid: ${text}`);
    switch (command.event) {
      case "media": {
        const bytes = Buffer.from(command.media?.payload ?? "", "base64");
        if (bytes.length === 0 || bytes.length % 160 !== 0) this.violations.push(`${bytes.length} bytes of sound`);
        this.#queue.push({ type: "sound", samples: decodeMuLaw(bytes), lengthMs: bytes.length / BYTES_PER_MS });
        break;
      }
      case "mark":
        this.#queue.push({ type: "mark", name: command.mark?.name ?? "" });
        break;
      case "clear":
        this.#clear();
        break;
      default:
        this.violations.push(`unknown: ${text}`);
    }
    if (!this.#playing) this.#play();
  }

  #clear(): void {
    this.clearCount += 1;
    this.#playing?.();
    this.#playing = undefined;
    for (const queued of this.#queue.splice(0)) if (queued.type === "mark") this.#returnMark(queued.name);
  }

  /** Plays the next piece, and gives back the marks that come first. */
  #play(): void {
    this.#playing = undefined;
    for (;;) {
      const next = this.#queue.shift();
      if (!next) return;
      if (next.type === "mark") {
        this.#returnMark(next.name);
        continue;
      }
      this.heard.push({ atMs: this.#clock.nowMs(), samples: next.samples });
      this.#playing = this.#clock.after(next.lengthMs, () => this.#play());
      return;
    }
  }

  #returnMark(name: string): void {
    this.#message("mark", { mark: { name } });
  }

  #message(event: string, body: object): void {
    this.#sequence += 1;
    this.#send(JSON.stringify({ event, sequenceNumber: String(this.#sequence), ...body, streamSid: this.streamSid }));
  }
}
