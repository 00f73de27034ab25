import { OPUS_CLOCK_RATE } from "./opus-packet.ts";

const TICKS_PER_MS = OPUS_CLOCK_RATE / 1000;
/** 20 ms: what silence is made of, and how long a packet is taken to be before one has come. */
const USUAL_TICKS = 20 * TICKS_PER_MS;
const USUAL_MS = 20;
/** How many lost packets in a row are guessed; a guess that is longer sounds worse than silence. */
const MAX_CONCEALED = 5;
/** How far the sound given out may lie behind the sender's. */
const MAX_BEHIND_MS = 500;
/** How late a packet may be before silence takes its place when the one before announced silence. */
const ANNOUNCED_SILENCE_MS = 20;
/** How much silence that proved premature may push what follows it back. */
const MAX_SHIFT_TICKS = 200 * TICKS_PER_MS;
/** A timer that is later than this tells of a process that stood still, with packets waiting to be read. */
const MAX_LATENESS_MS = 100;

/**
 * The next piece of the sound: a packet to decode; `recovered`, the sound before a packet, to be taken from the copy in its
 * payload; a packet to conceal; or silence of a length in ticks of 1/48000 s.
 * `timestampUs` is when it begins; only differences mean something.
 */
export type ReceivedAudio =
  | { readonly type: "packet"; readonly payload: Uint8Array; readonly timestampUs: number }
  | { readonly type: "recovered"; readonly payload: Uint8Array; readonly timestampUs: number }
  | { readonly type: "lost"; readonly timestampUs: number }
  | { readonly type: "silence"; readonly ticks: number; readonly timestampUs: number };

/** One packet of sound in its order. */
export interface PlacedSound {
  readonly payload: Uint8Array;
  /** Its unwrapped RTP timestamp. */
  readonly begin: number;
  /** How long it sounds; `undefined` when its bytes do not say. */
  readonly ticks: number | undefined;
  /** How many packets before it never came. */
  readonly missingCount: number;
  /** Whether it carries a copy of the sound before it. */
  readonly carriesPrevious: boolean;
}

/** What a line of sound is made of besides packets. */
export interface SoundCounts {
  readonly fecPacketCount: number;
  readonly concealedMs: number;
  readonly silenceMs: number;
  readonly lateMs: number;
}

/**
 * Lays packets in order on one line of sound without gaps and without jumps back, for a listener who tells the time by counting
 * samples. What is missing between two packets is recovered from a copy, guessed (five packets at most), or silence. While
 * nothing comes, silence runs in real time, so that the end of speech can be noticed: at once when the
 * sender has announced that it has nothing to say (DTX), and otherwise half a second behind, so that what is only late still
 * finds its place. Hence the longest burst after a stall: half a second of sound, and 200 ms besides that came after silence had taken its place. That much
 * of the line is given back by leaving out silence later; what is later still is dropped. Time is RTP's (RFC 3550 §5.1), silence that was
 * announced Opus's (RFC 7587 §3.1.3).
 */
export class SoundLine {
  /** Where the sound given out ends, on the line of the listener: the sender's ticks, and `#shift` of them. */
  #givenTo: number | undefined;
  #shift = 0;
  #packetTicks = USUAL_TICKS;
  /** When the next 20 ms of silence are due, and whether some have been given since the last packet. */
  #silenceAtMs: number | undefined;
  #isSilent = false;
  #fecPacketCount = 0;
  #concealedTicks = 0;
  #silenceTicks = 0;
  #lateTicks = 0;

  /** When to call `fillTo`, or `undefined` before the first packet. */
  get nextTimerMs(): number | undefined {
    return this.#silenceAtMs;
  }

  get counts(): SoundCounts {
    return {
      fecPacketCount: this.#fecPacketCount,
      concealedMs: this.#concealedTicks / TICKS_PER_MS,
      silenceMs: this.#silenceTicks / TICKS_PER_MS,
      lateMs: this.#lateTicks / TICKS_PER_MS,
    };
  }

  /** Notes that a packet arrived, though perhaps not in its turn: the sender is there. */
  expectSilence({ ticks, announced, nowMs }: { ticks: number | undefined; announced: boolean; nowMs: number }): void {
    const patienceMs = announced ? ANNOUNCED_SILENCE_MS : MAX_BEHIND_MS;
    this.#silenceAtMs = nowMs + (ticks ?? this.#packetTicks) / TICKS_PER_MS + patienceMs;
  }

  /** Adds a packet to `audio`, after what stands for the sound that is missing before it. */
  place(audio: ReceivedAudio[], sound: PlacedSound): void {
    const ticks = sound.ticks ?? this.#packetTicks;
    const from = this.#givenTo;
    if (from !== undefined) {
      const overlap = from - (sound.begin + this.#shift);
      if (overlap < 0) this.#fill(audio, sound);
      else if (this.#shift + overlap <= MAX_SHIFT_TICKS) this.#shift += overlap;
      else {
        this.#lateTicks += ticks;
        return;
      }
    }
    const begin = sound.begin + this.#shift;
    audio.push({ type: "packet", payload: sound.payload, timestampUs: toUs(begin) });
    this.#packetTicks = ticks;
    this.#givenTo = begin + ticks;
    this.#isSilent = false;
  }

  /** Adds the silence that is due to `audio`. */
  fillTo(audio: ReceivedAudio[], nowMs: number): void {
    if (this.#silenceAtMs === undefined || this.#givenTo === undefined || nowMs < this.#silenceAtMs) return;
    if (nowMs - this.#silenceAtMs > MAX_LATENESS_MS) {
      this.#silenceAtMs = nowMs + USUAL_MS;
      return;
    }
    this.#isSilent = true;
    for (; this.#silenceAtMs <= nowMs; this.#silenceAtMs += USUAL_MS) {
      this.#pushSilence(audio, this.#givenTo + USUAL_TICKS - this.#giveBack(USUAL_TICKS));
    }
  }

  /** Forgets where the line was: the next packet begins another. */
  reset(): void {
    this.#givenTo = undefined;
    this.#shift = 0;
  }

  /** Makes up for what lies between the sound so far and a packet. */
  #fill(audio: ReceivedAudio[], { payload, begin, missingCount, carriesPrevious }: PlacedSound): void {
    let from = this.#givenTo ?? begin;
    const end = begin + this.#shift;
    const missing = Math.min(missingCount, Math.floor((end - from) / this.#packetTicks));
    const recovered = carriesPrevious && missing > 0 ? 1 : 0;
    // A voice that has been silent for a while does not go on.
    const concealed = this.#isSilent ? 0 : Math.min(missing - recovered, MAX_CONCEALED);
    for (let index = 0; index < concealed; index += 1) {
      audio.push({ type: "lost", timestampUs: toUs(from) });
      from += this.#packetTicks;
    }
    if (!this.#isSilent) this.#concealedTicks += (missing - recovered) * this.#packetTicks;
    const recoveredTicks = recovered * this.#packetTicks;
    this.#givenTo = Math.max(from, end - MAX_BEHIND_MS * TICKS_PER_MS);
    const silentTicks = end - recoveredTicks - this.#givenTo;
    this.#pushSilence(audio, end - recoveredTicks - this.#giveBack(silentTicks));
    if (recovered === 0) return;
    audio.push({ type: "recovered", payload, timestampUs: toUs(begin + this.#shift - recoveredTicks) });
    this.#fecPacketCount += 1;
  }

  /** How many of so many ticks of silence are left out, because sound after it came late. */
  #giveBack(silentTicks: number): number {
    const givenBack = Math.min(this.#shift, Math.max(0, silentTicks));
    this.#shift -= givenBack;
    return givenBack;
  }

  #pushSilence(audio: ReceivedAudio[], end: number): void {
    let from = this.#givenTo ?? end;
    while (from < end) {
      const ticks = Math.min(USUAL_TICKS, end - from);
      audio.push({ type: "silence", ticks, timestampUs: toUs(from) });
      this.#silenceTicks += ticks;
      from += ticks;
    }
    this.#givenTo = from;
  }
}

function toUs(ticks: number): number {
  return Math.round((ticks * 1000) / TICKS_PER_MS);
}
