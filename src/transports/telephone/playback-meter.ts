/** How much sound lies between two marks, in milliseconds. */
const MARK_EVERY_MS = 100;
/** How many marks may be out: someone who never sends them back is taken to have played what is older, 5 s. */
const MAX_MARKS_OUT = 50;

interface Mark {
  readonly name: string;
  /** How much sound was sent before it, in milliseconds. */
  readonly positionMs: number;
}

/**
 * How much of what was sent the caller has heard. The telephone company plays from a buffer of its own and says by marks
 * how far it has come; between two marks the clock goes on, and it never passes a mark that has not come back.
 */
export class PlaybackMeter {
  #sentMs = 0;
  /** Sound that is known to have been played at `#knownAtMs`. */
  #knownMs = 0;
  #knownAtMs = 0;
  #markedMs = 0;
  #markCount = 0;
  #marks: Mark[] = [];

  /**
   * Counts sound that was sent just now.
   * @returns the name of the mark to be sent after it, when one is due.
   */
  sent(durationMs: number, nowMs: number): string | undefined {
    // After a pause the sound begins to play when it is sent.
    if (this.waitingMs(nowMs) === 0) this.#know(this.#sentMs, nowMs);
    this.#sentMs += durationMs;
    return this.#sentMs - this.#markedMs >= MARK_EVERY_MS ? this.mark() : undefined;
  }

  /** The name of a mark to be sent now. */
  mark(): string {
    this.#markCount += 1;
    this.#markedMs = this.#sentMs;
    const name = String(this.#markCount);
    this.#marks.push({ name, positionMs: this.#sentMs });
    if (this.#marks.length > MAX_MARKS_OUT) this.#marks.shift();
    return name;
  }

  /** A mark came back: all sound before it has been played. Marks of sound that was dropped are known no more. */
  returned(name: string, nowMs: number): void {
    const index = this.#marks.findIndex((mark) => mark.name === name);
    const mark = this.#marks[index];
    if (!mark) return;
    this.#marks.splice(0, index + 1);
    this.#know(mark.positionMs, nowMs);
  }

  /** What has not been played is dropped at the far end. */
  cleared(nowMs: number): void {
    this.#know(this.playedMs(nowMs), nowMs);
    this.#sentMs = this.#knownMs;
    this.#markedMs = this.#knownMs;
    this.#marks = [];
  }

  /** How much sound has been played since the call began, in milliseconds. */
  playedMs(nowMs: number): number {
    const limitMs = this.#marks[0]?.positionMs ?? this.#sentMs;
    return Math.min(limitMs, this.#knownMs + (nowMs - this.#knownAtMs));
  }

  /** How much was sent and has not been played, in milliseconds. */
  waitingMs(nowMs: number): number {
    return this.#sentMs - this.playedMs(nowMs);
  }

  /** Whether a mark is out, which comes back when what was sent before it has been played. */
  get awaitsMark(): boolean {
    return this.#marks.length > 0;
  }

  #know(playedMs: number, nowMs: number): void {
    this.#knownMs = playedMs;
    this.#knownAtMs = nowMs;
  }
}
