import { toError } from "../errors.ts";
import type { HandlerSession } from "../session/peer-handler.ts";

/**
 * Calls user code. What it throws is reported, and the result is undefined: one failed call never ends a stream. That a
 * call was given up because the session ended is no failure.
 */
export async function attempt<Result>(
  session: HandlerSession,
  call: () => Result | PromiseLike<Result>,
): Promise<Result | undefined> {
  try {
    return await call();
  } catch (thrown) {
    reportUnlessAbort(session, thrown);
    return undefined;
  }
}

/** Reports what user code threw; that a call was given up because the session ended is no failure. */
export function reportUnlessAbort(session: HandlerSession, thrown: unknown): void {
  if (!(session.signal.aborted && isAbort(thrown, session.signal))) session.reportError(toError(thrown));
}

/** Whether user code has yet to have its result. */
export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/**
 * The result, or undefined as soon as the signal aborts: user code that waits for what will never come must not keep its
 * session from ending. The promise itself must not reject.
 */
export function unlessAborted<Result>(result: Promise<Result>, signal: AbortSignal): Promise<Result | undefined> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      resolve(undefined);
      return;
    }
    const onAbort = (): void => resolve(undefined);
    signal.addEventListener("abort", onAbort, { once: true });
    result.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

/** Whether it was thrown because the signal has aborted. */
export function isAbort(thrown: unknown, signal: AbortSignal): boolean {
  return thrown === signal.reason || (thrown instanceof Error && thrown.name === "AbortError");
}
