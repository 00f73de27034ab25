import { useCallback, useEffect, useState } from "preact/hooks";
import { type CaptureDevice, listDevices, onDevicesChange } from "../../src/client/index.ts";
import { type ChosenDevices, type DeviceRole, rememberDevices, rememberedDevices } from "./chosen-devices.ts";

/** What there is to choose from, what was chosen, and how to choose. */
export interface UsedDevices {
  readonly lists: Readonly<Record<DeviceRole, readonly CaptureDevice[]>>;
  readonly chosen: ChosenDevices;
  readonly choose: (role: DeviceRole, deviceId: string) => void;
}

const NONE: UsedDevices["lists"] = { camera: [], microphone: [], speaker: [] };

/**
 * Cameras, microphones and speakers, kept up to date; read anew when `permission` changes, since ids and names hide before it. What is
 * chosen is remembered for the next visit.
 */
export function useDevices(permission: unknown): UsedDevices {
  const [lists, setLists] = useState(NONE);
  const [chosen, setChosen] = useState(rememberedDevices);
  useEffect(() => {
    let isCurrent = true;
    const read = async (): Promise<void> => {
      const [camera, microphone, speaker] = await Promise.all([
        listDevices("videoinput"),
        listDevices("audioinput"),
        canChooseSpeaker() ? listDevices("audiooutput") : [],
      ]);
      if (isCurrent) setLists({ camera, microphone, speaker });
    };
    const readOrReport = (): void => {
      read().catch(reportError); // No list means no choice; the stream works all the same.
    };
    readOrReport();
    const off = onDevicesChange(readOrReport);
    return () => {
      isCurrent = false;
      off();
    };
  }, [permission]);
  const choose = useCallback((role: DeviceRole, deviceId: string) => {
    setChosen((before) => {
      const next = { ...before, [role]: deviceId };
      rememberDevices(next);
      return next;
    });
  }, []);
  return { lists, chosen, choose };
}

function canChooseSpeaker(): boolean {
  return "setSinkId" in HTMLMediaElement.prototype;
}
