import type { Mode } from "../session/modality.ts";
import type { Emission, HandlerSession } from "../session/peer-handler.ts";
import { attempt, unlessAborted } from "./attempt.ts";
import { emissionsOfValues } from "./emissions.ts";
import type { MediaKind } from "./emitted.ts";
import { valuesOfCalls } from "./emitted-values.ts";
import { Wakeup } from "./wakeup.ts";

/** One medium of a handler that takes and gives independently. */
export interface Conversation<Media> {
  readonly kind: MediaKind<Media>;
  readonly mode: Mode;
  /** Aborts when there is nothing more to take or give. */
  readonly signal: AbortSignal;
  /** Takes what the peer sent. The next is given when a promise that it returns has settled. */
  readonly receive: (media: Media) => unknown;
  /** Gives something to send, or null; may wait for it in a promise. */
  readonly emit: () => unknown;
  /** Called with what is sent. */
  readonly onGiven?: () => void;
}

/**
 * Calls the two halves of a handler, neither of which waits for the other: `receive` for each thing that comes, `emit` again
 * and again. An error costs one call alone.
 */
export async function* converse<Media>(
  media: AsyncIterable<Media>,
  session: HandlerSession,
  { kind, mode, signal, receive, emit, onGiven }: Conversation<Media>,
): AsyncGenerator<Emission<Media>, void, undefined> {
  const wakeup = new Wakeup(session.clock, signal);
  const forget = session.inputs.onSet(() => wakeup.notify());
  if (mode !== "receive") void receiveAll(media, session, { signal, receive, wakeup }); // It never rejects.
  const emitOnce = (): unknown => {
    wakeup.clear();
    return emit();
  };
  try {
    yield* emissionsOfValues(valuesOfCalls(emitOnce, session, signal), {
      session,
      kind,
      givesMedia: mode !== "send",
      before: (given) => {
        onGiven?.();
        return given;
      },
      rest: () => wakeup.rest(),
    });
  } finally {
    forget();
  }
}

async function receiveAll<Media>(
  media: AsyncIterable<Media>,
  session: HandlerSession,
  { signal, receive, wakeup }: Pick<Conversation<Media>, "signal" | "receive"> & { readonly wakeup: Wakeup },
): Promise<void> {
  for await (const one of media) {
    if (signal.aborted) return;
    await unlessAborted(
      attempt(session, () => receive(one)),
      signal,
    );
    wakeup.notify();
  }
}
