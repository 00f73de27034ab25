import { FastRtcError } from "../errors.ts";
import { untilAborted } from "./until-aborted.ts";

export interface WorkQueueOptions {
  /** Whose work it is, for the message when there is too much: "Moonshine". */
  name: string;
  /** How many pieces of work run at a time. An integer of at least 1. */
  concurrency: number;
  /** How many wait at most; more are refused. */
  capacity: number;
}

/** Shares one model among all peers: work runs in the order in which it came, and what the model cannot keep up with is refused. */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
  }

  /**
   * Runs a piece of work when it is its turn. With an aborted signal it is never begun; what runs already is not waited for, but keeps
   * its place until it is over.
   * @throws {FastRtcError} `model_busy` when too much waits, or whatever the work or `signal` throws.
   */
  async run<Result>(work: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    signal?.throwIfAborted();
    if (this.#running >= this.#options.concurrency) await this.#turn(signal);
    else this.#running += 1;
    const result = work().finally(() => this.#finish());
    return untilAborted(result, signal);
  }

  async #turn(signal: AbortSignal | undefined): Promise<void> {
    const { name, capacity } = this.#options;
    if (this.#waiting.length >= capacity) {
      throw new FastRtcError(
        "model_busy",
        `${name} is too busy: ${capacity} requests wait already. Lower the stream's concurrencyLimit, or use a smaller model.`,
      );
    }
    let begin: () => void = () => {};
    const turn = new Promise<void>((resolve) => {
      begin = resolve;
    });
    this.#waiting.push(begin);
    try {
      await untilAborted(turn, signal);
    } catch (error) {
      const place = this.#waiting.indexOf(begin);
      if (place >= 0) this.#waiting.splice(place, 1);
      else this.#finish(); // Its turn had just come.
      throw error;
    }
  }

  /** Hands the place over to who waited longest. */
  #finish(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#running -= 1;
  }
}
