import { currentSession } from "./context.ts";
import type { SessionContext } from "./session-context.ts";

/**
 * State that every peer has of its own, where the handler is a function that all of them share. It is made when its peer's handler asks for
 * it first, and forgotten with the session; a session that changes its connection keeps it.
 *
 *     const seen = perSession(() => ({ pictures: 0 }));
 *     const handler = (frame: VideoFrame) => frame.caption(`picture ${(seen().pictures += 1)}`);
 *
 * @param create makes it; its `signal` aborts when the session ends, for what has to be closed then. What it throws goes to the handler,
 *   and the next call tries again.
 * @returns a function for handlers and what they call, as `getCurrentContext()` is: it gives the state of the peer whose media is worked on,
 *   and throws a FastRtcError `no_session` elsewhere.
 */
export function perSession<State>(create: (context: SessionContext) => State): () => State {
  const states = new WeakMap<SessionContext, { readonly state: State }>();
  return () => {
    const { context } = currentSession("What perSession() gave");
    let entry = states.get(context);
    if (!entry) states.set(context, (entry = { state: create(context) }));
    return entry.state;
  };
}
