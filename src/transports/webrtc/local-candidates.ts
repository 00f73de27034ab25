import type { Clock } from "../../async/clock.ts";
import type { CandidateType, IceCandidate } from "../../protocol/sdp/candidate.ts";

/** The candidates of this end as they are found, and those who wait for them. */
export class LocalCandidates {
  readonly #clock: Clock;
  readonly #found: IceCandidate[] = [];
  readonly #waits = new Set<() => void>();
  #ended = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get found(): readonly IceCandidate[] {
    return this.#found;
  }

  /** False when it is known already. */
  add(candidate: IceCandidate): boolean {
    const { address, port, type } = candidate;
    const known = this.#found.some((other) => other.address === address && other.port === port && other.type === type);
    if (known) return false;
    this.#found.push(candidate);
    this.#notify();
    return true;
  }

  /** No more will be found. */
  end(): void {
    this.#ended = true;
    this.#notify();
  }

  /** Resolves once there is a candidate of each of these types, no more will be found, or `timeoutMs` have passed. */
  wait(types: readonly CandidateType[], timeoutMs: number): Promise<void> {
    const isComplete = (): boolean =>
      this.#ended || types.every((type) => this.#found.some((candidate) => candidate.type === type));
    if (isComplete()) return Promise.resolve();
    return new Promise((resolve) => {
      const settle = (): void => {
        cancel();
        this.#waits.delete(check);
        resolve();
      };
      const check = (): void => {
        if (isComplete()) settle();
      };
      const cancel = this.#clock.after(timeoutMs, settle);
      this.#waits.add(check);
    });
  }

  #notify(): void {
    for (const check of [...this.#waits]) check();
  }
}
