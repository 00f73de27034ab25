/** Why an operation was refused, as a word a program can compare. */
export type FastRtcErrorCode =
  | "invalid_option"
  | "invalid_argument"
  | "invalid_packet"
  | "invalid_sdp"
  | "invalid_candidate"
  | "extra_tracks"
  | "invalid_request"
  | "unsupported_codec"
  | "unknown_connection"
  | "connection_closed"
  | "connection_refused"
  | "frame_released"
  | "codec_failed"
  | "port_in_use"
  | "no_session"
  | "turn_credentials_failed"
  | "registration_failed"
  | "call_failed"
  | "tunnel_failed"
  | "fastphone_failed"
  | "missing_package"
  | "invalid_model"
  | "model_busy"
  | "speech_failed";

/**
 * The error that this package throws when the caller, an option or the network is at fault.
 * The message says what happened and what to do about it; `code` is stable across releases.
 */
export class FastRtcError extends Error {
  override readonly name: string = "FastRtcError";
  /** Why, for programs to compare. */
  readonly code: FastRtcErrorCode;

  constructor(code: FastRtcErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Thrown from a handler to tell the peer something: its message reaches the page as a toast,
 * the way FastRTC's class of this name does. Any other error reaches the peer too, by its message alone.
 */
export class WebRTCError extends Error {
  override readonly name = "WebRTCError";
}

/** A bug of ours, never the caller's. It is not meant to be caught. */
class InvariantError extends Error {
  override readonly name = "InvariantError";
}

/** Asserts what the code around it relies on. */
export function invariant(claim: unknown, message: string): asserts claim {
  if (!claim) throw new InvariantError(message);
}

/** The `Error` in whatever a `catch` caught, so that a thrown string keeps its text. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
