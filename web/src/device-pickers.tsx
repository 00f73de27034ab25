import type { VNode } from "preact";
import type { CaptureDevice } from "../../src/client/index.ts";
import type { DeviceRole } from "./chosen-devices.ts";
import { Icon, type IconName } from "./icons.tsx";

interface DevicePickersProps {
  /** Those that this stream has a use for. */
  roles: readonly DeviceRole[];
  lists: Readonly<Record<DeviceRole, readonly CaptureDevice[]>>;
  /** What is in use, or will be. */
  used: Readonly<Partial<Record<DeviceRole, string | undefined>>>;
  onChoose: (role: DeviceRole, deviceId: string) => void;
}

const LABELS: Readonly<Record<DeviceRole, { name: string; icon: IconName }>> = {
  camera: { name: "Camera", icon: "camera" },
  microphone: { name: "Microphone", icon: "microphone" },
  speaker: { name: "Speaker", icon: "speaker" },
};

/** A list for each kind of device of which there are several: with fewer there is no choice to show. */
export function DevicePickers({ roles, lists, used, onChoose }: DevicePickersProps): VNode | null {
  const shown = roles.filter((role) => lists[role].length > 1);
  if (shown.length === 0) return null;
  return (
    <div class="pickers">
      {shown.map((role) => (
        <label key={role} class="picker">
          <Icon name={LABELS[role].icon} />
          <span class="visually-hidden">{LABELS[role].name}</span>
          <select value={used[role] ?? ""} onChange={({ currentTarget }) => onChoose(role, currentTarget.value)}>
            {!lists[role].some(({ deviceId }) => deviceId === used[role]) && <option value="">Default</option>}
            {lists[role].map(({ deviceId, label }) => (
              <option key={deviceId} value={deviceId}>
                {label}
              </option>
            ))}
          </select>
          <Icon name="chevron" />
        </label>
      ))}
    </div>
  );
}
