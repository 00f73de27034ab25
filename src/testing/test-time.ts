import { type Clock, systemClock } from "../async/clock.ts";
import { SimulatedClock } from "./simulated-clock.ts";

/** How a test's time goes: as fast as the handlers can, or as it does. */
export type TimeKind = "simulated" | "real";

/** How many turns of the event loop everything gets at each moment of simulated time, to do what it can do then. */
const TURNS = 4;
/** How long something may keep simulated time from going on, in real milliseconds. */
const MAX_HELD_MS = 30_000;

interface Waiting {
  readonly met: () => boolean;
  readonly settle: (error?: Error) => void;
}

/**
 * The time of one test peer, and what waits for something to happen in it. Simulated time goes on only while somebody waits,
 * from one timer to the next, and not before all that can happen at a moment has happened: it stands still as long as
 * `isHeld` says so.
 */
export class TestTime {
  readonly clock: Clock;
  readonly #simulated: SimulatedClock | undefined;
  readonly #isHeld: () => boolean;
  readonly #waiting = new Set<Waiting>();
  #driving: Promise<void> | undefined;

  constructor(kind: TimeKind, isHeld: () => boolean) {
    this.#simulated = kind === "simulated" ? new SimulatedClock() : undefined;
    this.clock = this.#simulated ?? systemClock;
    this.#isHeld = isHeld;
  }

  /** Resolves true when `isMet` is, and false when this moment comes first. It is asked again whenever something happened. */
  async until(isMet: () => boolean, atMs: number): Promise<boolean> {
    if (isMet()) return true;
    let due = false;
    const cancel = this.clock.after(Math.max(0, atMs - this.clock.nowMs()), () => {
      due = true;
      this.happened();
    });
    try {
      await new Promise<void>((resolve, reject) => {
        const waiting: Waiting = {
          met: () => due || isMet(),
          settle: (error) => {
            this.#waiting.delete(waiting);
            if (error) reject(error);
            else resolve();
          },
        };
        this.#waiting.add(waiting);
        this.#drive();
      });
    } finally {
      cancel();
    }
    return isMet();
  }

  /** Something happened: what waits may be met. */
  happened(): void {
    for (const waiting of this.#waiting) if (waiting.met()) waiting.settle();
  }

  #drive(): void {
    const simulated = this.#simulated;
    if (!simulated || this.#driving) return;
    this.#driving = this.#run(simulated)
      .catch((thrown: unknown) => {
        const error = thrown instanceof Error ? thrown : new Error(String(thrown));
        for (const waiting of this.#waiting) waiting.settle(error);
      })
      .finally(() => {
        this.#driving = undefined;
        if (this.#waiting.size > 0) this.#drive();
      });
  }

  async #run(simulated: SimulatedClock): Promise<void> {
    while (this.#waiting.size > 0) {
      await this.#settle();
      this.happened();
      if (this.#waiting.size === 0) return;
      // Each who waits has a timer of its own, so there is one.
      simulated.step(simulated.nextMs ?? simulated.nowMs());
    }
  }

  /** Resolves when nothing more happens at this moment. */
  async #settle(): Promise<void> {
    const beganMs = systemClock.nowMs();
    for (let turn = 0; turn < TURNS || this.#isHeld(); turn += 1) {
      await nextTurn();
      if (turn % 1000 === 999 && systemClock.nowMs() - beganMs > MAX_HELD_MS) {
        throw new Error(
          `The handler has been busy for ${MAX_HELD_MS / 1000} s with what it was given, and simulated time waits for it. ` +
            'A handler that calls services is tested in real time: connectPeer(stream, { time: "real" }).',
        );
      }
    }
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
