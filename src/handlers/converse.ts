import type { Mode } from "../session/modality.ts";
import type { Emission, HandlerSession } from "../session/peer-handler.ts";
import { AdditionalOutputs } from "../session/additional-outputs.ts";
import { CloseStream } from "../session/close-stream.ts";
import { attemptAtOnce } from "./attempt.ts";
import { MAX_WITHOUT_REST, parseEmissions } from "./emissions.ts";
import type { MediaKind } from "./emitted.ts";
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
  /** Called when `signal` has aborted; what it throws ends the session. */
  readonly onEnd?: () => void;
}

/**
 * Calls the two halves of a handler, neither of which waits for the other: `receive` for each thing that comes, `emit` again
 * and again. An error costs one call alone. What has its result at once gets no promise, and no generator hands it on to another:
 * a packet would pass through thirty of them.
 */
export async function* converse<Media>(
  media: AsyncIterable<Media>,
  session: HandlerSession,
  { kind, mode, signal, receive, emit, onGiven, onEnd }: Conversation<Media>,
): AsyncGenerator<Emission<Media>, void, undefined> {
  const wakeup = new Wakeup(session.clock, signal);
  const forget = session.inputs.onSet(() => wakeup.notify());
  if (mode !== "receive") void receiveAll(media, session, { signal, receive, wakeup }); // It never rejects.
  let withoutRest = 0;
  try {
    while (!signal.aborted) {
      wakeup.clear();
      const emitted = attemptAtOnce(session, emit, signal);
      const value: unknown = emitted instanceof Promise ? await emitted : emitted;
      let count = 0;
      for (const emission of parseEmissions(value, kind, session)) {
        if (session.signal.aborted) return;
        const isMedia = !(emission instanceof AdditionalOutputs || emission instanceof CloseStream);
        if (isMedia && mode === "send") continue;
        count += 1;
        withoutRest = isMedia ? 0 : withoutRest + 1;
        if (isMedia) onGiven?.();
        yield emission;
      }
      if (count > 0 && withoutRest < MAX_WITHOUT_REST) continue;
      withoutRest = 0;
      await wakeup.rest();
    }
  } finally {
    forget();
  }
  onEnd?.();
}

async function receiveAll<Media>(
  media: AsyncIterable<Media>,
  session: HandlerSession,
  { signal, receive, wakeup }: Pick<Conversation<Media>, "signal" | "receive"> & { readonly wakeup: Wakeup },
): Promise<void> {
  for await (const one of media) {
    if (signal.aborted) return;
    const received = attemptAtOnce(session, () => receive(one), signal);
    if (received instanceof Promise) await received;
    wakeup.notify();
  }
}
