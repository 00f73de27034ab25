import type { VNode } from "preact";
import { formatTimeLeft } from "./figures.ts";
import type { Phase, StopWord } from "./stream-state.ts";
import { useNow } from "./use-now.ts";

interface StageStatusProps {
  phase: Phase;
  timeLimit: number | null;
  stopWord: StopWord | undefined;
}

/** The state of the connection in one word, a stop word that was heard, and how much time is left. */
export function StageStatus({ phase, timeLimit, stopWord }: StageStatusProps): VNode | null {
  if (phase.type === "idle") return null;
  const isInterrupted = phase.type === "live" && phase.interrupted;
  const word = phase.type === "connecting" ? "Connecting" : isInterrupted ? "Reconnecting" : "Live";
  return (
    <>
      <div class="status">
        <span class="chip" role="status" data-tone={phase.type === "connecting" || isInterrupted ? "waiting" : "live"}>
          {word}
        </span>
        <span role="status">
          {stopWord && (
            <span key={stopWord.count} class="chip chip-heard">
              Heard{stopWord.text && `: ${stopWord.text}`}
            </span>
          )}
        </span>
        {phase.type === "live" && timeLimit !== null && <TimeLeft sinceMs={phase.sinceMs} timeLimit={timeLimit} />}
      </div>
      {isInterrupted && <p class="interruption">The network went quiet. Going on as soon as it is back.</p>}
    </>
  );
}

function TimeLeft({ sinceMs, timeLimit }: { sinceMs: number; timeLimit: number }): VNode {
  const leftSeconds = Math.max(0, timeLimit - (useNow(true) - sinceMs) / 1000);
  return (
    <>
      <span class="chip chip-plain" data-urgent={leftSeconds <= 30} role="timer" aria-label="Time left">
        {formatTimeLeft(leftSeconds)} left
      </span>
      <span class="time-bar" data-urgent={leftSeconds <= 30} aria-hidden="true">
        <span style={{ transform: `scaleX(${leftSeconds / timeLimit})` }} />
      </span>
    </>
  );
}
