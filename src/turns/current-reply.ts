import { AsyncLocalStorage } from "node:async_hooks";
import { FastRtcError } from "../errors.ts";
import type { ReplyCancelCause } from "./turn-state.ts";

/** A reply as the function that makes it sees it. */
export interface CurrentReply {
  /**
   * Aborts when the reply is over before its end: somebody interrupted it, or the session ended. Hand it to what the function waits
   * for, `fetch` for instance. Its reason is a `ReplyInterruption`, or the session's close reason.
   */
  readonly signal: AbortSignal;
  /** How much of the reply the peer has heard, in milliseconds. */
  readonly playedMs: number;
}

/** Why a reply was over before its end: the reason of its signal. */
export class ReplyInterruption extends Error {
  /** For libraries that know aborted calls by this name. */
  override readonly name = "AbortError";
  /** `interrupted` by speech, `continued` because the caller had not finished, or `replaced` by the answer to another turn. */
  override readonly cause: ReplyCancelCause;
  /** How much of the reply the peer had heard, in milliseconds. */
  readonly playedMs: number;

  constructor(cause: ReplyCancelCause, playedMs: number) {
    super(`The reply was ${cause} when ${Math.round(playedMs)} ms of it had been heard.`);
    this.cause = cause;
    this.playedMs = playedMs;
  }
}

const storage = new AsyncLocalStorage<CurrentReply>();

/** Runs a step of a reply, and all that it starts. */
export function runInReply<Result>(reply: CurrentReply, step: () => Result): Result {
  return storage.run(reply, step);
}

/**
 * The reply that the function which calls this is making.
 * @throws {FastRtcError} `no_session` outside of one.
 */
export function getCurrentReply(): CurrentReply {
  const reply = storage.getStore();
  if (reply) return reply;
  throw new FastRtcError(
    "no_session",
    "getCurrentReply() was called outside of a reply. Call it in the function given to ReplyOnPause.",
  );
}
