import { useEffect, useRef } from "preact/hooks";

/** How long after a refusal the page asks again, in milliseconds. A connection that only breaks is made anew by the browser. */
const AGAIN_AFTER_MS = 30_000;

/** Waits, while it is told to, for the server to start the stream. The visitor of the page's address is the visitor who waits. */
export function useRemoteOpen(waits: boolean, onOpen: () => void): void {
  const latest = useRef(onOpen);
  latest.current = onOpen;
  useEffect(() => {
    if (!waits) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let source: EventSource | undefined;
    const wait = (): void => {
      const opened = new EventSource(waitingUrl());
      source = opened;
      opened.addEventListener("open_stream", () => {
        opened.close();
        latest.current();
      });
      opened.addEventListener("error", () => {
        if (opened.readyState === EventSource.CLOSED) timer = setTimeout(wait, AGAIN_AFTER_MS);
      });
    };
    wait();
    return () => {
      clearTimeout(timer);
      source?.close();
    };
  }, [waits]);
}

function waitingUrl(): string {
  const visitor = new URLSearchParams(location.search).get("visitor");
  return `./waiting${visitor === null ? "" : `?visitor=${encodeURIComponent(visitor)}`}`;
}
