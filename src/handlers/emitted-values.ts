import type { HandlerSession } from "../session/peer-handler.ts";
import { attempt, unlessAborted } from "./attempt.ts";

/** What a generator gives, sync or async: the same methods, but for promises. */
export type EmittingIterator = Iterator<unknown, unknown, undefined> | AsyncIterator<unknown, unknown, undefined>;

/**
 * The iterator in what a function returned, or undefined when it is none. Arrays and frames can be iterated over too, but
 * they are media.
 */
export function iteratorOf(value: unknown): EmittingIterator | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (Symbol.asyncIterator in value) return (value as AsyncIterable<unknown>)[Symbol.asyncIterator]();
  return "next" in value && typeof value.next === "function" ? (value as EmittingIterator) : undefined;
}

/**
 * What an iterator gives, until it is exhausted, throws (which is reported) or the session ends; then it is closed.
 * @param ready waited for before each step. @default nothing
 */
export async function* valuesOfIterator(
  iterator: EmittingIterator,
  session: HandlerSession,
  ready?: () => Promise<unknown>,
): AsyncGenerator<unknown, void, undefined> {
  let exhausted = false;
  try {
    for (;;) {
      await ready?.();
      if (session.signal.aborted) return;
      const step = await unlessAborted(
        attempt(session, () => iterator.next()),
        session.signal,
      );
      // Undefined when it threw, which ends a generator, or when the session ended, which it does not notice by itself.
      exhausted = step ? step.done === true : !session.signal.aborted;
      if (!step || step.done) return;
      yield step.value;
    }
  } finally {
    // Not waited for: a generator that waits for what will never come returns only after that.
    if (!exhausted) void attempt(session, () => iterator.return?.());
  }
}

/** What a function returns, called again and again until the session ends; an error costs that call alone. */
export async function* valuesOfCalls(
  call: () => unknown,
  session: HandlerSession,
): AsyncGenerator<unknown, void, undefined> {
  const { signal } = session;
  while (!signal.aborted) yield await unlessAborted(attempt(session, call), signal);
}
