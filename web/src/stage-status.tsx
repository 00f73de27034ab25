import type { VNode } from "preact";
import { formatTimeLeft } from "./figures.ts";
import type { Phase } from "./stream-state.ts";
import { useNow } from "./use-now.ts";

/** The state of the connection in one word, and how much time is left of it. */
export function StageStatus({ phase, timeLimit }: { phase: Phase; timeLimit: number | null }): VNode | null {
  if (phase.type === "idle") return null;
  const isInterrupted = phase.type === "live" && phase.interrupted;
  const word = phase.type === "connecting" ? "Connecting" : isInterrupted ? "Interrupted" : "Live";
  return (
    <div class="status">
      <span class="chip" role="status" data-tone={phase.type === "connecting" || isInterrupted ? "waiting" : "live"}>
        {word}
      </span>
      {phase.type === "live" && timeLimit !== null && <TimeLeft sinceMs={phase.sinceMs} timeLimit={timeLimit} />}
    </div>
  );
}

function TimeLeft({ sinceMs, timeLimit }: { sinceMs: number; timeLimit: number }): VNode {
  const leftSeconds = timeLimit - (useNow(true) - sinceMs) / 1000;
  return (
    <span class="chip chip-plain" data-urgent={leftSeconds <= 30} role="timer" aria-label="Time left">
      {formatTimeLeft(leftSeconds)} left
    </span>
  );
}
