import type { Clock } from "../async/clock.ts";
import { toError } from "../errors.ts";
import {
  encodeServerSentEvent,
  SERVER_SENT_EVENT_HEADERS,
  SERVER_SENT_KEEP_ALIVE,
} from "../protocol/server-sent-events.ts";
import type { AdditionalOutputs } from "../session/additional-outputs.ts";
import type { Logger } from "../session/logger.ts";
import type { PeerOutputs } from "../session/peer-outputs.ts";

/** How long nothing is sent at most: proxies close connections that say nothing for a minute or less. */
const KEEP_ALIVE_MS = 15_000;

export interface OutputEventsOptions {
  readonly id: string;
  readonly outputs: PeerOutputs;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * A peer's additional outputs as server-sent events, each with the list of its values as JSON. The response ends when
 * the peer goes. For a peer that has gone it is 204, which keeps an EventSource from asking again.
 */
export function outputEvents({ id, outputs, clock, logger }: OutputEventsOptions): Response {
  if (outputs.hasEnded(id)) return new Response(null, { status: 204 });
  const reader = outputs.read(id);
  const encoder = new TextEncoder();
  const say = (text: string) => encoder.encode(text);
  /** The next output, which may be waited for over several keep-alives. */
  let next: Promise<IteratorResult<AdditionalOutputs, undefined>> | undefined;
  let cancelKeepAlive = (): void => {};
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    // Said at once, so that the headers leave and the EventSource opens.
    start: (controller) => controller.enqueue(say(SERVER_SENT_KEEP_ALIVE)),
    async pull(controller) {
      next ??= reader.next();
      const silence = new Promise<undefined>((resolve) => {
        cancelKeepAlive = clock.after(KEEP_ALIVE_MS, () => resolve(undefined));
      });
      try {
        const result = await Promise.race([next, silence]);
        if (cancelled) return;
        if (!result) {
          controller.enqueue(say(SERVER_SENT_KEEP_ALIVE));
          return;
        }
        next = undefined;
        if (result.done) controller.close();
        else controller.enqueue(say(eventOf(result.value, logger)));
      } catch (thrown) {
        if (cancelled) return;
        // The offer never came.
        logger.debug(`nobody had outputs for an event stream of ${id}:`, toError(thrown));
        controller.close();
      } finally {
        cancelKeepAlive();
      }
    },
    async cancel() {
      cancelled = true;
      cancelKeepAlive();
      await reader.return?.();
    },
  });
  return new Response(body, { headers: SERVER_SENT_EVENT_HEADERS });
}

function eventOf(outputs: AdditionalOutputs, logger: Logger): string {
  try {
    return encodeServerSentEvent({ data: JSON.stringify(outputs.args) });
  } catch (thrown) {
    logger.error("additional outputs could not be written as JSON:", toError(thrown));
    return SERVER_SENT_KEEP_ALIVE;
  }
}
