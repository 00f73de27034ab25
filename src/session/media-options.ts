/** A number, or limits and wishes for one, as in the browser's media constraints. */
export interface NumberConstraint {
  min?: number;
  max?: number;
  exact?: number;
  ideal?: number;
}

/** A word, or a wish for one, as in the browser's media constraints. */
export interface StringConstraint {
  exact?: string | readonly string[];
  ideal?: string | readonly string[];
}

/**
 * What the page asks the camera for: the browser's `MediaTrackConstraints`, which any further
 * constraint of the browser may be written into.
 */
export interface TrackConstraints {
  width?: number | NumberConstraint;
  height?: number | NumberConstraint;
  frameRate?: number | NumberConstraint;
  aspectRatio?: number | NumberConstraint;
  facingMode?: string | StringConstraint;
  deviceId?: string | StringConstraint;
  [constraint: string]: unknown;
}

/** What the page sets on its sender: part of the browser's `RTCRtpSendParameters`. */
export interface RtpParams {
  /** What gives way when the network is slow. */
  degradationPreference?: "maintain-framerate" | "maintain-resolution" | "balanced" | undefined;
}
