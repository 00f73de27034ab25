/** Calls `callback` once after `ms`; the function returned cancels it. */
type After = (ms: number, callback: () => void) => () => void;

/** Sleeps by a clock's timers: resolves after `ms`, and rejects with `signal.reason` once `signal` aborts. */
export function sleepBy(after: After, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = (): void => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = after(ms, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
