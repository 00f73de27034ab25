import type { Clock } from "../async/clock.ts";
import { AudioConverter } from "../media/audio-converter.ts";
import { AudioFrame } from "../media/audio-frame.ts";
import { LatencyDebt, mergePackets } from "./latency-debt.ts";
import type { AudioFormat } from "./transport.ts";

/** How much sound may wait to be played before its producer has to wait, in milliseconds. */
const MAX_WAITING_MS = 1000;
/** How late sound that waited may leave and be caught up with in one go, in milliseconds. */
const MAX_HURRY_MS = 400;

export interface AudioOutletOptions {
  /** What the transport wants to send. */
  readonly format: AudioFormat;
  /** Sends one packet's worth of sound. Must not throw: nobody is there to catch it when a timer sends. */
  readonly send: (frame: AudioFrame) => void;
  readonly clock: Clock;
  /** How much of what left is remembered, to be taken back, in milliseconds. @default 0 */
  readonly rememberMs?: number;
}

/**
 * Where a handler's sound leaves in real time. Whatever sizes and rates come in, packets of equal length go out, each at the
 * moment it is due: never more than the format's lead early, and without drift, because due times are counted in samples
 * and not slept. Sound that comes faster than it plays waits here, where `clear` can still drop it. Sound that comes late
 * by no more than the lead leaves at once: the far end keeps that much against jitter. After a longer gap, into which the
 * rest of an incomplete packet leaves, filled up with silence, sound begins anew. When the event loop stood still, what fell due meanwhile
 * leaves at once; after more than 400 ms, which no far end keeps room for, it begins anew as well: later, but whole. Sound of a live
 * producer that is late for good catches up: see `LatencyDebt`.
 */
export class AudioOutlet {
  readonly #format: AudioFormat;
  readonly #send: (frame: AudioFrame) => void;
  readonly #clock: Clock;
  readonly #converter: AudioConverter;
  /** Samples of all channels in one packet. */
  readonly #packetLength: number;
  readonly #packetMs: number;
  /** Sound in the transport's format that waits, in pieces as they came. */
  readonly #pieces: Int16Array[] = [];
  /** Samples (of all channels) of the first piece that have left. */
  #taken = 0;
  /** Samples (of all channels) that wait. */
  #waitingCount = 0;
  /** When the sound began that goes on without a gap, and how many packets of it have left. */
  #beganMs = 0;
  #packetCount = 0;
  #timer: { readonly atMs: number; readonly cancel: () => void } | undefined;
  readonly #waitingForRoom: (() => void)[] = [];
  #finishing = false;
  #ended = false;
  #held = false;
  readonly #debt: LatencyDebt;
  /** The packets that left last, the oldest first. */
  readonly #remembered: Int16Array[] = [];
  readonly #maxRemembered: number;
  /** How many packets have left, without those taken back. */
  #sentCount = 0;

  constructor({ format, send, clock, rememberMs = 0 }: AudioOutletOptions) {
    const { sampleRate, channels, packetMs } = format;
    const length = Math.round((sampleRate * packetMs) / 1000);
    this.#format = format;
    this.#send = send;
    this.#clock = clock;
    this.#converter = new AudioConverter({ sampleRate, channels });
    this.#packetLength = length * channels;
    // At 11,025 Hz a packet of 20 ms cannot be had; counted as one, sound would run ahead by 8 s an hour.
    this.#packetMs = (length * 1000) / sampleRate;
    this.#debt = new LatencyDebt(this.#packetMs, clock.nowMs());
    this.#maxRemembered = Math.ceil(rememberMs / this.#packetMs);
  }

  /** How much sound waits, in milliseconds. */
  get waitingMs(): number {
    return (this.#waitingCount * this.#packetMs) / this.#packetLength;
  }

  /**
   * Takes sound, a copy of it. A promise is returned only when no more should come for now: it resolves when there is room,
   * or what waits was dropped.
   */
  write(frame: AudioFrame): Promise<void> | undefined {
    if (this.#ended) return undefined;
    const converted = this.#converter.push(frame);
    if (converted) this.#append(converted, converted.samples === frame.samples);
    this.#debt.delivered(frame.durationMs);
    this.#schedule();
    if (this.waitingMs <= MAX_WAITING_MS) return undefined;
    this.#debt.heldBack(this.#clock.nowMs());
    return this.#roomForMore();
  }

  /** Notes that the producer was given sound of the peer: one that gives in step with it is live, and may be late for good. */
  received(ms: number): void {
    this.#debt.received(ms);
  }

  /** How much sound has left, without what was taken back, in milliseconds. */
  get sentMs(): number {
    return this.#sentCount * this.#packetMs;
  }

  /** How much of what left plays from now on, if all of it plays `delayMs` after it is due. */
  unplayedMs(delayMs: number): number {
    return this.#sentCount === 0 ? 0 : Math.max(0, this.#dueMs + delayMs - this.#clock.nowMs());
  }

  /** Sends nothing until `resume`; what is written waits. */
  hold(): void {
    this.#held = true;
    this.#debt.held(this.#clock.nowMs());
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Goes on with what waits. */
  resume(): void {
    this.#held = false;
    this.#debt.reset(this.#clock.nowMs());
    if (this.#dueMs < this.#clock.nowMs()) this.beginAnew();
    this.#schedule();
  }

  /** What is sent next plays now: the far end was told to drop what it had. */
  beginAnew(): void {
    this.#beginAt(this.#clock.nowMs());
  }

  /** Puts at least the last `ms` of what left in front of what waits, as far as it is remembered, to be sent again. */
  takeBack(ms: number): void {
    const packets = this.#remembered.splice(Math.max(0, this.#remembered.length - Math.ceil(ms / this.#packetMs)));
    const [first] = this.#pieces;
    if (first) this.#pieces[0] = first.subarray(this.#taken);
    this.#taken = 0;
    this.#pieces.unshift(...packets);
    this.#waitingCount += packets.length * this.#packetLength;
    this.#sentCount -= packets.length;
    this.beginAnew();
  }

  /** Drops what waits. */
  clear(): void {
    this.#pieces.length = 0;
    this.#taken = 0;
    this.#waitingCount = 0;
    this.#converter.clear();
    this.#debt.reset(this.#clock.nowMs());
    this.#tellRoom();
  }

  /**
   * Resolves when all that was written has been sent and the last of it is due to have been played; the last packet is
   * filled up with silence.
   */
  async finish(): Promise<void> {
    this.#finishing = true;
    this.#appendRest();
    this.#schedule();
    while (!this.#ended && (this.#waitingCount > 0 || this.#clock.nowMs() < this.#dueMs)) await this.#room();
    this.#finishing = false;
  }

  /** Stops sending. Harmless when repeated. */
  end(): void {
    this.#ended = true;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.clear();
  }

  /** When the next packet begins to play. */
  get #dueMs(): number {
    return this.#beganMs + this.#packetCount * this.#packetMs;
  }

  get #packetReady(): boolean {
    return this.#waitingCount >= this.#packetLength || (this.#finishing && this.#waitingCount > 0);
  }

  #append({ samples }: AudioFrame, shared: boolean): void {
    const nowMs = this.#clock.nowMs();
    // Sound after a gap begins now, not when the gap began.
    if (this.#waitingCount < this.#packetLength && this.#dueMs + this.#format.leadMs < nowMs) this.#beginAt(nowMs);
    this.#add(samples, shared);
  }

  #add(samples: AudioFrame["samples"], shared: boolean): void {
    const piece = samples as Int16Array;
    // Handlers fill the same memory again and again.
    this.#pieces.push(shared ? piece.slice() : piece);
    this.#waitingCount += piece.length;
  }

  #appendRest(): void {
    const rest = this.#converter.flush();
    if (rest) this.#add(rest.samples, false);
  }

  #beginAt(ms: number): void {
    this.#debt.reset(ms);
    this.#beganMs = ms;
    this.#packetCount = 0;
  }

  /** When something has to be done the next time; undefined when only more sound makes a difference. */
  #nextMs(): number | undefined {
    if (this.#held) return undefined;
    if (this.#packetReady) return this.#dueMs - this.#format.leadMs;
    if (this.#finishing) return this.#dueMs > this.#clock.nowMs() ? this.#dueMs : undefined;
    return this.#waitingCount > 0 ? this.#gapMs : undefined;
  }

  /** When an incomplete packet is given up waiting for. */
  get #gapMs(): number {
    return this.#dueMs + this.#packetMs + this.#format.leadMs;
  }

  #schedule(): void {
    const atMs = this.#ended ? undefined : this.#nextMs();
    if (atMs === undefined || (this.#timer && this.#timer.atMs <= atMs)) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    const waitMs = atMs - this.#clock.nowMs();
    if (waitMs <= 0) {
      this.#work();
      return;
    }
    const cancel = this.#clock.after(waitMs, () => {
      this.#timer = undefined;
      this.#work();
    });
    this.#timer = { atMs, cancel };
  }

  /** Sends what is due. */
  #work(): void {
    const nowMs = this.#clock.nowMs();
    this.#sendUntil(nowMs);
    if (this.#waitingCount > 0 && this.#waitingCount < this.#packetLength && this.#gapMs <= nowMs) {
      this.#appendRest();
      this.#sendPacket();
    }
    this.#tellRoom();
    this.#schedule();
  }

  #sendUntil(nowMs: number): void {
    if (this.#packetReady && nowMs - this.#dueMs > MAX_HURRY_MS) this.#beginAt(nowMs);
    while (!this.#ended && this.#packetReady && this.#dueMs - this.#format.leadMs <= nowMs) this.#sendPacket();
    if (!this.#finishing) this.#debt.observe(this.waitingMs, nowMs);
  }

  #sendPacket(): void {
    const { sampleRate, channels } = this.#format;
    const samples = this.#takeDuePacket();
    const timestampUs = Math.round(this.#dueMs * 1000);
    this.#packetCount += 1;
    this.#sentCount += 1;
    if (this.#maxRemembered > 0) {
      this.#remembered.push(samples);
      if (this.#remembered.length > this.#maxRemembered) this.#remembered.shift();
    }
    this.#send(new AudioFrame({ samples, sampleRate, channels, timestampUs }));
  }

  /** The packet that is due; sound that is late for good catches up. */
  #takeDuePacket(): Int16Array {
    const { channels } = this.#format;
    const nowMs = this.#clock.nowMs();
    for (;;) {
      const packet = this.#takePacket();
      if (this.#finishing || this.#waitingCount < this.#packetLength) return packet;
      const fate = this.#debt.judge(packet, nowMs);
      if (fate === "send") return packet;
      if (fate === "merge") return mergePackets(packet, this.#takePacket(), channels);
    }
  }

  #takePacket(): Int16Array {
    const [first] = this.#pieces;
    if (first?.length === this.#packetLength && this.#taken === 0) {
      this.#pieces.shift();
      this.#waitingCount -= first.length;
      return first;
    }
    const packet = new Int16Array(this.#packetLength);
    let filled = 0;
    while (filled < packet.length) {
      const piece = this.#pieces[0];
      if (!piece) break; // The rest of the last packet is silence.
      const part = piece.subarray(this.#taken, this.#taken + packet.length - filled);
      packet.set(part, filled);
      filled += part.length;
      this.#taken += part.length;
      if (this.#taken < piece.length) break;
      this.#pieces.shift();
      this.#taken = 0;
    }
    this.#waitingCount -= filled;
    return packet;
  }

  async #roomForMore(): Promise<void> {
    while (this.waitingMs > MAX_WAITING_MS && !this.#ended) await this.#room();
  }

  #room(): Promise<void> {
    return new Promise((resolve) => this.#waitingForRoom.push(resolve));
  }

  #tellRoom(): void {
    for (const resolve of this.#waitingForRoom.splice(0)) resolve();
  }
}
