import { useEffect, useState } from "react";
import { type CaptureDevice, listDevices, onDevicesChange } from "../devices.ts";

/**
 * The cameras, microphones or loudspeakers of this machine, as they come and go.
 * @param opened The stream that was opened, if any: only from then on browsers tell names and ids.
 */
export function useDevices(kind: MediaDeviceKind, opened?: MediaStream): readonly CaptureDevice[] {
  const [devices, setDevices] = useState<readonly CaptureDevice[]>([]);
  useEffect(() => {
    let isCurrent = true;
    const look = (): void => {
      listDevices(kind).then(
        (found) => isCurrent && setDevices(found),
        (thrown: unknown) => reportError(thrown),
      );
    };
    look();
    const off = onDevicesChange(look);
    return () => {
      isCurrent = false;
      off();
    };
  }, [kind, opened]);
  return devices;
}
