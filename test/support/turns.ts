/** Lets everything that waits for promises alone get on with it. */
export function turns(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
