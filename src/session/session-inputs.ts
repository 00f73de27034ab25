/** The additional inputs of one session: the latest values, and a way to wait for the first ones. */
export class SessionInputs {
  #values: readonly unknown[] | undefined;
  #setCount = 0;
  readonly #listeners = new Set<(by: object | undefined) => void>();

  /** @param initial The defaults, when every input has one; undefined until the client has sent them. */
  constructor(initial: readonly unknown[] | undefined) {
    this.#values = initial;
  }

  /** The latest values, or undefined until there are any. */
  get latest(): readonly unknown[] | undefined {
    return this.#values;
  }

  /** How many times values were set; 0 while the defaults stand. */
  get setCount(): number {
    return this.#setCount;
  }

  /** Gives the defaults, where they took time to make; what was set meanwhile stays. */
  begin(defaults: readonly unknown[]): void {
    if (this.#values) return;
    this.#values = defaults;
    this.#tell();
  }

  /**
   * Replaces the values; the next call of the handler gets them.
   * @param by who does it, for listeners who would tell him what he knows. @default the peer or the application
   */
  set(values: readonly unknown[], by?: object): void {
    this.#values = values;
    this.#setCount += 1;
    this.#tell(by);
  }

  /** Replaces one value without a word: what the page shows in an input is its value. Nothing happens while there are none. */
  replace(index: number, value: unknown): void {
    this.#values = this.#values?.with(index, value);
  }

  /** Calls `listener` whenever values are set, with who did it; the function returned ends that. */
  onSet(listener: (by: object | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The latest values as soon as there are any; rejects with `signal.reason` when the session ends first. */
  async wait(signal: AbortSignal): Promise<readonly unknown[]> {
    if (!this.#values) await this.next(signal);
    return this.#values ?? [];
  }

  /** Resolves when values are set the next time; rejects with `signal.reason` when the session ends first. */
  next(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const settle = (): void => {
        stopListening();
        signal.removeEventListener("abort", settle);
        if (signal.aborted) reject(signal.reason);
        else resolve();
      };
      const stopListening = this.onSet(settle);
      signal.addEventListener("abort", settle, { once: true });
    });
  }

  #tell(by?: object): void {
    for (const listener of [...this.#listeners]) listener(by);
  }
}
