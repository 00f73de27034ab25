import type { ComponentChildren, VNode } from "preact";
import { Icon, type IconName } from "./icons.tsx";
import type { Phase } from "./stream-state.ts";

interface ControlsProps {
  phase: Phase;
  /** What the button says; undefined where it stands on the stage instead. */
  label: string | undefined;
  onPress: () => void;
  /** Undefined where there is no voice to withhold. */
  mute: { isMuted: boolean; onMuted: (isMuted: boolean) => void } | undefined;
  /** Undefined where there is no screen to share. */
  screen: { isShared: boolean; onShared: (isShared: boolean) => void } | undefined;
  /** The pickers of devices. */
  children: ComponentChildren;
}

/** What starts and ends the stream, and what can be done with it meanwhile. */
export function Controls({ phase, label, onPress, mute, screen, children }: ControlsProps): VNode {
  const isImpossible = phase.type === "idle" && phase.problem?.wayOut === "none";
  return (
    <div class="controls">
      <div class="controls-row">
        {mute && (
          <Switch
            icon={mute.isMuted ? "microphone-off" : "microphone"}
            name="Mute"
            isOn={mute.isMuted}
            onSwitch={mute.onMuted}
          />
        )}
        {label !== undefined && (
          <button type="button" class="record" data-phase={phase.type} disabled={isImpossible} onClick={onPress}>
            <span class="record-ring" aria-hidden="true">
              <span class="record-dot" />
            </span>
            <span>{label}</span>
          </button>
        )}
        {screen && <Switch icon="screen" name="Share screen" isOn={screen.isShared} onSwitch={screen.onShared} />}
      </div>
      {children}
    </div>
  );
}

interface SwitchProps {
  icon: IconName;
  name: string;
  isOn: boolean;
  onSwitch: (isOn: boolean) => void;
}

/** A button that stays pressed. */
function Switch({ icon, name, isOn, onSwitch }: SwitchProps): VNode {
  return (
    <button
      type="button"
      class="switch"
      aria-pressed={isOn}
      aria-label={name}
      title={name}
      onClick={() => onSwitch(!isOn)}
    >
      <Icon name={icon} />
    </button>
  );
}
