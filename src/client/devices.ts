/** One camera, microphone or speaker. */
export interface CaptureDevice {
  readonly deviceId: string;
  /** Its name; a number where the browser hides the name until permission is given. */
  readonly label: string;
}

/** What a device that hides its name is called. */
const KIND_NAMES = { videoinput: "Camera", audioinput: "Microphone", audiooutput: "Speaker" } as const;

/**
 * The cameras, microphones or speakers of this machine. Empty where the browser hides them; before permission was given a
 * browser tells that there is one, but neither its id nor its name, and such a device is left out.
 */
export async function listDevices(kind: MediaDeviceKind | "audiooutput"): Promise<CaptureDevice[]> {
  const devices = (await mediaDevices()?.enumerateDevices()) ?? [];
  return devices
    .filter((device) => device.kind === kind && device.deviceId !== "")
    .map(({ deviceId, label }, index) => ({
      deviceId,
      label: label || `${KIND_NAMES[kind]} ${index + 1}`,
    }));
}

/** Calls back when a device is plugged in or taken away, until the function returned is called. */
export function onDevicesChange(callback: () => void): () => void {
  const devices = mediaDevices();
  devices?.addEventListener("devicechange", callback);
  return () => devices?.removeEventListener("devicechange", callback);
}

/** The browser's devices; undefined outside https and localhost, whatever the DOM's types say. */
export function mediaDevices(): MediaDevices | undefined {
  return navigator.mediaDevices;
}
