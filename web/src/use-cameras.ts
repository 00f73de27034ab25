import { useEffect, useState } from "preact/hooks";
import { type CaptureDevice, listDevices, onDevicesChange } from "../../src/client/index.ts";

/** The cameras to choose from, kept up to date; read anew when `permission` changes, since ids and names hide before it. */
export function useCameras(permission: unknown): readonly CaptureDevice[] {
  const [cameras, setCameras] = useState<readonly CaptureDevice[]>([]);
  useEffect(() => {
    let isCurrent = true;
    const read = (): void => {
      listDevices("videoinput").then(
        (found) => {
          if (isCurrent) setCameras(found);
        },
        reportError, // No list means no choice; the stream works all the same.
      );
    };
    read();
    const off = onDevicesChange(read);
    return () => {
      isCurrent = false;
      off();
    };
  }, [permission]);
  return cameras;
}
