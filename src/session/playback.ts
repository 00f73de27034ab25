import type { Clock } from "../async/clock.ts";
import type { AudioFrame } from "../media/audio-frame.ts";
import { AudioOutlet } from "./audio-outlet.ts";
import type { AudioFormat, Transport } from "./transport.ts";

/** How much more than its lead is remembered of what left, in milliseconds: a far end that is slow to play may not have heard it. */
const REMEMBERED_MS = 1000;

/** The part of a transport that plays. */
export type PlayingTransport = Pick<Transport, "clearAudio" | "recallsAudio" | "unheardMs">;

export interface PlaybackOutput {
  readonly format: AudioFormat;
  /** Sends one packet's worth of sound. Must not throw. */
  readonly send: (frame: AudioFrame) => void;
}

/**
 * What the peer hears of a handler's sound, and how far it has come. It can fall silent at once and go on later from where it was
 * heard last. Positions are milliseconds of the sound that was written since the session began.
 */
export class Playback {
  readonly #clock: Clock;
  readonly #refused = new WeakSet<AudioFrame>();
  #outlet: AudioOutlet | undefined;
  readonly #transport: () => PlayingTransport | undefined;
  #heardDelayMs = 0;
  /** Of what left, how much was recalled and dropped. */
  #droppedMs = 0;
  #held = false;

  /** @param transport what carries the sound now: a session may change it. @default nothing */
  constructor(clock: Clock, transport: () => PlayingTransport | undefined = () => undefined) {
    this.#clock = clock;
    this.#transport = transport;
  }

  /** Begins, once. Nothing is heard before. */
  open({ format, send }: PlaybackOutput): void {
    this.#heardDelayMs = format.heardDelayMs ?? 0;
    const rememberMs = this.#transport()?.recallsAudio ? format.leadMs + REMEMBERED_MS : 0;
    this.#outlet = new AudioOutlet({ format, send, clock: this.#clock, rememberMs });
    if (this.#held) this.#outlet.hold();
  }

  /** Whether it is silent because of `hold`. */
  get held(): boolean {
    return this.#held;
  }

  /** How much sound waits to be sent, in milliseconds. */
  get waitingMs(): number {
    return this.#outlet?.waitingMs ?? 0;
  }

  /** How much sound was written and not dropped, in milliseconds. */
  get writtenMs(): number {
    return this.#sentMs + this.waitingMs;
  }

  /**
   * How much of it the peer has heard, in milliseconds: by its own word where it gives one, as telephone companies do,
   * otherwise by the clock.
   */
  get heardMs(): number {
    return Math.max(0, this.#sentMs - this.#sentUnheardMs);
  }

  /** How much was written and has not been heard, in milliseconds; 0 when it is silent because all has been heard. */
  get unheardMs(): number {
    return this.waitingMs + Math.min(this.#sentMs, this.#sentUnheardMs);
  }

  /** Takes sound; the promise is that of the outlet: no more should come until it resolves. */
  write(frame: AudioFrame): Promise<void> | undefined {
    return this.#refused.has(frame) ? undefined : this.#outlet?.write(frame);
  }

  /** Notes that the handler was given so much of the peer's sound, in milliseconds. */
  received(ms: number): void {
    this.#outlet?.received(ms);
  }

  /** Falls silent at once and keeps what has not been heard; what is written meanwhile comes after it. Harmless when repeated. */
  hold(): void {
    if (this.#held) return;
    this.#held = true;
    const outlet = this.#outlet;
    if (!outlet) return;
    outlet.hold();
    const unheardMs = this.#sentUnheardMs;
    if (unheardMs <= 0) return;
    this.#transport()?.clearAudio();
    if (this.#transport()?.recallsAudio) outlet.takeBack(unheardMs);
  }

  /** Goes on from where it was heard last. Harmless when it is not held. */
  resume(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#outlet?.resume();
  }

  /**
   * Drops what has not been heard, and is held no more.
   * @param upcoming dropped, too, when it is written later: it may be on its way.
   */
  drop(upcoming?: AudioFrame): void {
    if (upcoming) this.#refused.add(upcoming);
    const recalledMs = this.#transport()?.recallsAudio ? Math.min(this.#sentMs, this.#sentUnheardMs) : 0;
    this.#outlet?.clear();
    this.#transport()?.clearAudio();
    if (recalledMs > 0) {
      this.#droppedMs += recalledMs;
      this.#outlet?.beginAnew();
    }
    this.resume();
  }

  /** Resolves when all that was written is due to have been played. */
  async finish(): Promise<void> {
    await this.#outlet?.finish();
  }

  /** Stops for good. Harmless when repeated. */
  end(): void {
    this.#outlet?.end();
  }

  get #sentMs(): number {
    return (this.#outlet?.sentMs ?? 0) - this.#droppedMs;
  }

  /** How much of what left has not been heard; of the part that is not known to have been. */
  get #sentUnheardMs(): number {
    return this.#transport()?.unheardMs ?? this.#outlet?.unplayedMs(this.#heardDelayMs) ?? 0;
  }
}
