import type { Clock } from "../async/clock.ts";
import { FastRtcError } from "../errors.ts";
import {
  encodeServerSentEvent,
  SERVER_SENT_EVENT_HEADERS,
  SERVER_SENT_KEEP_ALIVE,
} from "../protocol/server-sent-events.ts";
import type { StreamPage } from "./stream-page.ts";

/** Where pages wait, below the page. */
const WAITING_PATH = "waiting";
/** How many pages may wait at once; one more is asked to come again later. */
const MAX_WAITING = 10_000;
const MAX_NAME_LENGTH = 200;
/** How long nothing is sent at most: proxies close connections that say nothing for a minute or less. */
const KEEP_ALIVE_MS = 15_000;

interface WaitingPage {
  readonly visitor: string | null;
  say(text: string): void;
  /** Ends the response. */
  end(): void;
}

/** The pages that wait for the server to start their stream, each by a response of server-sent events. */
export class WaitingPages {
  readonly #clock: Clock;
  readonly #pages = new Set<WaitingPage>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Tells those of a visitor, or all of them, to start; each waits no longer. Returns how many there were. */
  open(visitor?: string): number {
    const told = [...this.#pages].filter((page) => visitor === undefined || page.visitor === visitor);
    for (const page of told) {
      page.say(encodeServerSentEvent({ event: "open_stream", data: "" }));
      page.end();
    }
    return told.length;
  }

  /** Sends all of them away. */
  close(): void {
    for (const page of this.#pages) page.end();
  }

  /** A page at whose `waiting` those that want it wait, with `?visitor=` to be told apart. */
  beside(page: StreamPage): StreamPage {
    return {
      prepare: () => page.prepare(),
      covers: async (path) => path === WAITING_PATH || (page.covers ? page.covers(path) : true),
      respond: async (path, request) => (path === WAITING_PATH ? this.#wait(request) : page.respond(path, request)),
    };
  }

  #wait(request: Request): Response {
    const visitor = new URL(request.url).searchParams.get("visitor");
    if (visitor !== null && visitor.length > MAX_NAME_LENGTH) {
      return new Response(`A visitor's name has at most ${MAX_NAME_LENGTH} characters.\n`, { status: 400 });
    }
    if (this.#pages.size >= MAX_WAITING) {
      return new Response("Too many pages wait.\n", { status: 503, headers: { "retry-after": "30" } });
    }
    if (request.method === "HEAD") return new Response(null, { headers: SERVER_SENT_EVENT_HEADERS });
    const encoder = new TextEncoder();
    let leave = (): void => {};
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        let cancelKeepAlive = (): void => {};
        const page: WaitingPage = {
          visitor,
          say: (text) => controller.enqueue(encoder.encode(text)),
          end: () => {
            leave();
            controller.close();
          },
        };
        const keepAlive = (): void => {
          // A page that does not read is told nothing more, so nothing piles up.
          if ((controller.desiredSize ?? 0) > 0) page.say(SERVER_SENT_KEEP_ALIVE);
          cancelKeepAlive = this.#clock.after(KEEP_ALIVE_MS, keepAlive);
        };
        leave = () => {
          cancelKeepAlive();
          this.#pages.delete(page);
        };
        this.#pages.add(page);
        keepAlive(); // Said at once, so that the headers leave and the EventSource opens.
      },
      cancel: () => leave(),
    });
    return new Response(body, { headers: SERVER_SENT_EVENT_HEADERS });
  }
}

/** @throws {FastRtcError} `invalid_argument`: no page of this stream waits. */
export function nobodyWaits(): never {
  throw new FastRtcError(
    "invalid_argument",
    "Pages wait for openPages() only where uiArgs.remoteOpen is true. Set it, and tell your visitors.",
  );
}
