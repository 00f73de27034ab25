import type { Clock } from "../../src/async/clock.ts";

const PACKET_MS = 20;

/** What a server asks of a telephone company. */
export type PhoneCommand =
  | { readonly type: "sound"; readonly samples: Int16Array }
  | { readonly type: "mark"; readonly name: string }
  | { readonly type: "clear" }
  | { readonly type: "violation"; readonly reason: string };

/** How one company speaks, on its own side. */
export interface PhoneDialect {
  readonly sampleRate: number;
  /** Whether marks of sound that is dropped come back. */
  readonly returnsClearedMarks: boolean;
  /** The messages before any sound. */
  start(): readonly string[];
  sound(samples: Int16Array, atMs: number): string | Uint8Array;
  digit(digit: string): string;
  mark(name: string): string;
  /** What it says when the caller hangs up, before the socket closes; nothing where it just closes. */
  stop(): string | undefined;
  /** What a message of the server asks for. */
  read(message: string | Uint8Array): PhoneCommand;
}

/** What waits to be played, in order. */
type Queued = Extract<PhoneCommand, { type: "sound" | "mark" }>;

export interface SimulatedPhoneOptions {
  readonly clock: Clock;
  readonly dialect: PhoneDialect;
  /** Sends a message to the server. */
  readonly send: (message: string | Uint8Array) => void;
}

/**
 * A telephone company's side of the WebSocket of a call: it sends 20 ms of the caller's sound at a time, plays what it is sent from a
 * buffer, gives a mark back once all before it has been played, and empties the buffer when it is asked to. It keeps what the caller heard.
 */
export class SimulatedPhone {
  /** What went against the documentation. */
  readonly violations: string[] = [];
  /** What the caller heard: where each piece began, on the clock, and its samples. */
  readonly heard: { readonly atMs: number; readonly samples: Int16Array }[] = [];
  clearCount = 0;
  readonly #clock: Clock;
  readonly #dialect: PhoneDialect;
  readonly #send: (message: string | Uint8Array) => void;
  readonly #queue: Queued[] = [];
  #playing: (() => void) | undefined;
  #speaking: (() => void) | undefined;

  constructor({ clock, dialect, send }: SimulatedPhoneOptions) {
    this.#clock = clock;
    this.#dialect = dialect;
    this.#send = send;
  }

  /** How much sound the caller heard, in milliseconds. */
  get heardMs(): number {
    return this.#lengthMs(this.heard);
  }

  /** How much sound waits to be played, in milliseconds, without the piece that is being played. */
  get bufferedMs(): number {
    return this.#lengthMs(this.#queue.filter((queued) => queued.type === "sound"));
  }

  /** The call is answered. */
  start(): void {
    for (const message of this.#dialect.start()) this.#send(message);
  }

  /** The caller makes a sound, sent every 20 ms until `silence` or the end. */
  speak(soundAt: (sample: number) => number): void {
    this.silence();
    const packetSamples = (this.#dialect.sampleRate * PACKET_MS) / 1000;
    const beganAtMs = this.#clock.nowMs();
    let packets = 0;
    const next = (): void => {
      packets += 1;
      this.#speaking = this.#clock.after(beganAtMs + packets * PACKET_MS - this.#clock.nowMs(), () => {
        const first = (packets - 1) * packetSamples;
        this.sendSound(Int16Array.from({ length: packetSamples }, (_, index) => soundAt(first + index)));
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
    this.#send(this.#dialect.sound(samples, Math.round(this.#clock.nowMs())));
  }

  press(digit: string): void {
    this.#send(this.#dialect.digit(digit));
  }

  /** The caller hangs up. */
  stop(): void {
    this.silence();
    const message = this.#dialect.stop();
    if (message !== undefined) this.#send(message);
  }

  /** Takes a message of the server. */
  receive(message: string | Uint8Array): void {
    const command = this.#dialect.read(message);
    switch (command.type) {
      case "sound":
      case "mark":
        this.#queue.push(command);
        break;
      case "clear":
        this.#clear();
        break;
      case "violation":
        this.violations.push(command.reason);
    }
    if (!this.#playing) this.#play();
  }

  #lengthMs(pieces: readonly { readonly samples: Int16Array }[]): number {
    return pieces.reduce((sum, { samples }) => sum + (samples.length * 1000) / this.#dialect.sampleRate, 0);
  }

  #clear(): void {
    this.clearCount += 1;
    this.#playing?.();
    this.#playing = undefined;
    const dropped = this.#queue.splice(0);
    if (!this.#dialect.returnsClearedMarks) return;
    for (const queued of dropped) if (queued.type === "mark") this.#send(this.#dialect.mark(queued.name));
  }

  /** Plays the next piece, and gives back the marks that come first. */
  #play(): void {
    this.#playing = undefined;
    for (;;) {
      const next = this.#queue.shift();
      if (!next) return;
      if (next.type === "mark") {
        this.#send(this.#dialect.mark(next.name));
        continue;
      }
      this.heard.push({ atMs: this.#clock.nowMs(), samples: next.samples });
      this.#playing = this.#clock.after(this.#lengthMs([next]), () => this.#play());
      return;
    }
  }
}
