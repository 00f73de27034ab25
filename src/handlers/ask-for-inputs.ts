import type { HandlerSession } from "../session/peer-handler.ts";

/** Asks the peer for the additional inputs where one of them has no default: nothing is called before they are there. */
export function askForInputs(session: HandlerSession): void {
  if (session.inputs.latest === undefined) session.sendMessage({ type: "send_input" });
}
