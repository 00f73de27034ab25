/** Why a client was refused, in the words that FastRTC's front ends compare with. */
export type RefusalCode =
  | "concurrency_limit_reached"
  | "connection_already_exists"
  | "unknown_connection"
  | "invalid_candidate_format"
  | "connection_closed"
  | "unsupported_codec"
  | "extra_tracks"
  | "invalid_json"
  | "invalid_request"
  | "invalid_sdp"
  | "body_too_large"
  | "server_unavailable"
  | "server_draining"
  | "unauthorized"
  | "origin_not_allowed"
  | "rate_limited"
  | "signed_id_required";

/** The body of every refusal. */
export interface RefusalBody {
  readonly status: "failed";
  readonly meta: {
    readonly error: RefusalCode;
    /** One sentence for people. */
    readonly message: string;
    /** With `concurrency_limit_reached`: how many peers may be connected at once. */
    readonly limit?: number;
  };
}

/**
 * The HTTP status of a refusal. A well-formed request that is turned down is a 200, because FastRTC's
 * front ends show the reason of nothing else; a malformed one is a 4xx.
 */
export function refusalStatus(code: RefusalCode): 200 | 400 | 401 | 403 | 413 | 422 | 429 | 503 {
  switch (code) {
    case "concurrency_limit_reached":
    case "connection_already_exists":
    case "unknown_connection":
    case "invalid_candidate_format":
    case "connection_closed":
    case "unsupported_codec":
    case "extra_tracks":
    case "signed_id_required":
      return 200;
    case "unauthorized":
      return 401;
    case "origin_not_allowed":
      return 403;
    case "rate_limited":
      return 429;
    case "invalid_request":
      return 422;
    case "invalid_json":
    case "invalid_sdp":
      return 400;
    case "body_too_large":
      return 413;
    case "server_unavailable":
    case "server_draining":
      return 503;
  }
}

/** What a client is told that comes while the server is about to stop. */
export const SERVER_DRAINING = "The server is about to stop and takes no new connections. Try again in a moment.";

/** A refusal, ready to be sent. */
export function refusal(code: RefusalCode, message: string, extra: { limit?: number } = {}): RefusalBody {
  return { status: "failed", meta: { error: code, message, ...extra } };
}
