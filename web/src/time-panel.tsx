import type { VNode } from "preact";
import type { LiveStats } from "../../src/client/index.ts";
import { formatMilliseconds } from "./figures.ts";

/** Where the time of one picture goes, from here to the server and back. */
export function TimePanel({ stats }: { stats: LiveStats }): VNode | null {
  const { server, roundTripMs } = stats;
  const parts = [
    { name: "Network, both ways", ms: roundTripMs },
    { name: "Decoding", ms: server?.decodeMs },
    { name: "Waiting for the handler", ms: server?.queueMs },
    { name: "Handler", ms: server?.handlerMs },
    { name: "Encoding", ms: server?.encodeMs },
  ].flatMap(({ name, ms }) => (ms === undefined ? [] : [{ name, ms }]));
  if (parts.length < 2) return null;
  const longestMs = Math.max(...parts.map(({ ms }) => ms), 1);
  return (
    <details class="time-panel">
      <summary>Where the time goes</summary>
      <ul>
        {parts.map(({ name, ms }) => (
          <li key={name}>
            <span>{name}</span>
            <span dir="auto">{formatMilliseconds(ms)}</span>
            <span class="time-part" aria-hidden="true" style={{ inlineSize: `${(100 * ms) / longestMs}%` }} />
          </li>
        ))}
      </ul>
    </details>
  );
}
