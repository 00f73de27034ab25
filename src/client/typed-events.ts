/** Listeners by event name, each with the type of its one argument. */
export class TypedEvents<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<(detail: never) => void>>();

  /** Calls `listener` with every event of that name; the function returned takes it off again. */
  on<Name extends keyof Events>(name: Name, listener: (detail: Events[Name]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    const entry = (detail: Events[Name]): void => listener(detail);
    listeners.add(entry);
    return () => listeners.delete(entry);
  }

  /** Calls the listeners in the order they came. One that throws harms neither the others nor the caller. */
  emit<Name extends keyof Events>(name: Name, detail: Events[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) {
      try {
        (listener as (detail: Events[Name]) => void)(detail);
      } catch (thrown) {
        queueMicrotask(() => {
          throw thrown; // Reaches the page's console and its own error reporting.
        });
      }
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}
