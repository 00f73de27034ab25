import type { VNode } from "preact";
import type { CaptureDevice, Mode } from "../../src/client/index.ts";
import { Icon } from "./icons.tsx";
import type { Phase } from "./stream-state.ts";

interface ControlsProps {
  phase: Phase;
  mode: Mode;
  /** Those to choose from; with fewer than two there is no choice to show. */
  cameras: readonly CaptureDevice[];
  cameraId: string | undefined;
  onCamera: (deviceId: string) => void;
  onStart: () => void;
  onStop: () => void;
}

export function Controls({ phase, mode, cameras, cameraId, onCamera, onStart, onStop }: ControlsProps): VNode {
  const isRunning = phase.type !== "idle";
  const isImpossible = phase.type === "idle" && phase.problem?.wayOut === "none";
  const [startWord, stopWord] = mode === "receive" ? ["Play", "Stop"] : ["Record", "Stop"];
  return (
    <div class="controls">
      {cameras.length > 1 && (
        <label class="picker">
          <Icon name="camera" />
          <span class="visually-hidden">Camera</span>
          <select value={cameraId} onChange={({ currentTarget }) => onCamera(currentTarget.value)}>
            {cameras.map(({ deviceId, label }) => (
              <option key={deviceId} value={deviceId}>
                {label}
              </option>
            ))}
          </select>
          <Icon name="chevron" />
        </label>
      )}
      <button
        type="button"
        class="record"
        data-phase={phase.type}
        disabled={isImpossible}
        onClick={isRunning ? onStop : onStart}
      >
        <span class="record-ring" aria-hidden="true">
          <span class="record-dot" />
        </span>
        <span>{isRunning ? stopWord : startWord}</span>
      </button>
    </div>
  );
}
