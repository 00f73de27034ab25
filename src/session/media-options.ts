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

/** What gives way when the network is slow: the size of pictures, how many there are per second, or both in turn. */
export type DegradationPreference = "maintain-framerate" | "maintain-resolution" | "balanced";

/** How video is sent, by the page and by the server: part of the browser's `RTCRtpSendParameters`. */
export interface RtpParams {
  /**
   * What gives way when the network is slow: with "maintain-framerate" the size of pictures, with "maintain-resolution"
   * how many there are per second, with "balanced" both in turn. @default "maintain-framerate"
   */
  degradationPreference?: DegradationPreference | undefined;
}
