/** Remembers what was made lately, up to a number of bytes; what was longest out of use gives way. */
export class RecentCache<Value> {
  readonly #capacity: number;
  /** In order of use, the latest last. */
  readonly #entries = new Map<string, { readonly value: Value; readonly byteLength: number }>();
  #byteLength = 0;

  /** @param capacity how many bytes all values together may have */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** Keeps a value under a key that is not in use; one that is larger than the whole cache is not kept. */
  add(key: string, value: Value, byteLength: number): void {
    if (byteLength > this.#capacity) return;
    this.#entries.set(key, { value, byteLength });
    this.#byteLength += byteLength;
    for (const [oldest, entry] of this.#entries) {
      if (this.#byteLength <= this.#capacity) break;
      this.#entries.delete(oldest);
      this.#byteLength -= entry.byteLength;
    }
  }
}
