import { runInSession } from "../session/context.ts";
import type { HandlerSession } from "../session/peer-handler.ts";
import { attempt } from "./attempt.ts";
import type { StreamHandler } from "./stream-handler.ts";

/**
 * Has a handler's `onInputs` called, if it has one, whenever its peer's additional inputs are set by somebody else, until the session ends:
 * one call at a time, so that a peer that sets them without end cannot have calls without number under way.
 */
export function tellInputs(handler: StreamHandler, session: HandlerSession): void {
  if (typeof handler.onInputs !== "function") return;
  const { inputs, signal } = session;
  let isDue = inputs.setCount > 0;
  let isCalling = false;

  const callWhileDue = async (): Promise<void> => {
    isCalling = true;
    while (isDue && !signal.aborted) {
      isDue = false;
      await attempt(session, () => handler.onInputs?.(...(inputs.latest ?? [])));
    }
    isCalling = false;
  };
  // Whoever sets inputs, twice perhaps, is not kept waiting by the handler.
  const callSoon = (): void => {
    isDue = true;
    if (!isCalling) queueMicrotask(() => !isCalling && void runInSession(session, callWhileDue)); // It never rejects.
  };

  if (isDue) callSoon();
  const forget = inputs.onSet((by) => {
    if (by !== handler && inputs.setCount > 0) callSoon();
  });
  signal.addEventListener("abort", forget, { once: true });
}
