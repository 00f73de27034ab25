import { AsyncLocalStorage } from "node:async_hooks";
import { FastRtcError } from "../errors.ts";
import type { Identity } from "./identity.ts";
import type { HandlerSession } from "./peer-handler.ts";
import type { SessionContext } from "./session-context.ts";

const storage = new AsyncLocalStorage<HandlerSession>();

/** Runs `callback`, and all that it starts, within a session. */
export function runInSession<Result, Arguments extends readonly unknown[]>(
  session: HandlerSession,
  callback: (...args: Arguments) => Result,
  ...args: Arguments
): Result {
  const { trace } = session;
  if (!trace) return storage.run(session, callback, ...args);
  return trace.run(() => storage.run(session, callback, ...args));
}

/**
 * Whose media the handler that calls this is working on. `getCurrentContext<User>().identity` has the type that your `authenticate` gives.
 * @throws {FastRtcError} `no_session` outside of a handler.
 */
export function getCurrentContext<WhoseIdentity = Identity>(): SessionContext<WhoseIdentity> {
  return currentSession("getCurrentContext()").context as SessionContext<WhoseIdentity>;
}

/**
 * Shows the peer a warning, from within its handler.
 * @throws {FastRtcError} `no_session` outside of a handler.
 */
export function warning(message: string): void {
  currentSession("warning()").sendMessage({ type: "warning", data: message });
}

/**
 * The session whose handler is at work.
 * @param caller who asks, for the message.
 * @throws {FastRtcError} `no_session` outside of a handler.
 */
export function currentSession(caller: string): HandlerSession {
  const session = storage.getStore();
  if (session) return session;
  throw new FastRtcError(
    "no_session",
    `${caller} was called outside of a handler. Call it from a handler, or from what one calls.`,
  );
}
