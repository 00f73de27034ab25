import { ClientError, type ClientErrorCode } from "./client-error.ts";

/** What to ask of camera and microphone. `true` takes what the browser likes best. */
export interface CaptureConstraints {
  video?: MediaTrackConstraints | boolean;
  audio?: MediaTrackConstraints | boolean;
}

/** The part of `navigator.mediaDevices` that capturing needs; undefined where the browser hides it. */
export type CaptureSource =
  | (Pick<MediaDevices, "getUserMedia"> & Partial<Pick<MediaDevices, "getDisplayMedia">>)
  | undefined;

/**
 * Opens camera and microphone.
 * @throws {ClientError} `insecure_context`, `permission_denied`, `no_device`, `device_busy`, `overconstrained` or `browser_failed`.
 */
export async function capture(constraints: CaptureConstraints, source: CaptureSource): Promise<MediaStream> {
  const device = deviceName(constraints);
  if (!source) {
    throw new ClientError("insecure_context", `The browser gives the ${device} only to pages on https or localhost.`);
  }
  try {
    return await source.getUserMedia(constraints);
  } catch (thrown) {
    throw captureError(thrown, device);
  }
}

/**
 * Asks the user for a screen, window or tab, and opens its picture.
 * @throws {ClientError} as `capture` does; `permission_denied` when the user chooses none.
 */
export async function captureScreen(
  constraints: MediaTrackConstraints | boolean,
  source: CaptureSource,
): Promise<MediaStream> {
  if (!source?.getDisplayMedia) {
    throw new ClientError(
      "browser_failed",
      "This browser shares no screens, or only those of pages on https or localhost.",
    );
  }
  try {
    return await source.getDisplayMedia({ video: constraints });
  } catch (thrown) {
    throw captureError(thrown, "screen");
  }
}

function captureError(cause: unknown, device: string): ClientError {
  const { name, constraint } = cause as Partial<OverconstrainedError>;
  const error = (code: ClientErrorCode, message: string): ClientError =>
    new ClientError(code, message, { cause, constraint: constraint || undefined });
  switch (name) {
    case "NotAllowedError":
    case "SecurityError":
      return error("permission_denied", `The browser may not use the ${device}.`);
    case "NotFoundError":
      return error("no_device", `No ${device} was found.`);
    case "NotReadableError":
    case "AbortError":
      return error("device_busy", `The ${device} could not be started. Another application may be using it.`);
    case "OverconstrainedError":
      return error("overconstrained", `No ${device} meets what this stream asks for.`);
    default:
      return error("browser_failed", `The ${device} could not be started: ${String(cause)}`);
  }
}

function deviceName({ video, audio }: CaptureConstraints): string {
  if (video && audio) return "camera or microphone";
  return video ? "camera" : "microphone";
}
