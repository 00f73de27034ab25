import type { CallWebhook, Carrier } from "./carrier.ts";
import { type StreamTickets, TICKET_PARAMETER } from "./stream-tickets.ts";

/** How companies are checked that sign their webhooks, but not the WebSockets that they open after those. */
export interface TicketedStreams {
  readonly checks: Pick<Carrier, "checksCallers" | "sentWebhook" | "openedStream">;
  /** What the answer to a webhook gives to the stream: its ticket, where one is needed. */
  parameters(): Readonly<Record<string, string>>;
}

/** @param isSigned whether the company has signed a webhook; undefined lets anyone call */
export function ticketedStreams(
  tickets: StreamTickets,
  isSigned: ((webhook: CallWebhook) => boolean) | undefined,
): TicketedStreams {
  return {
    checks: {
      checksCallers: isSigned !== undefined,
      sentWebhook: (webhook) => isSigned === undefined || isSigned(webhook),
      openedStream: ({ parameters }) => isSigned === undefined || tickets.take(parameters[TICKET_PARAMETER]),
    },
    parameters: () => (isSigned === undefined ? {} : { [TICKET_PARAMETER]: tickets.issue() }),
  };
}
