import { FastRtcError } from "./errors.ts";
import { StreamAccess } from "./server/access/access.ts";
import type { Logger } from "./session/logger.ts";
import type { Peers } from "./session/peers.ts";
import type { ResolvedStreamOptions } from "./stream-options.ts";

const MIN_KEY_LENGTH = 32;

/** Who may use a Stream with these options. @throws {FastRtcError} `invalid_option` for a key of the environment that is too short. */
export function accessOf(options: ResolvedStreamOptions, peers: Peers, logger: Logger): StreamAccess {
  // oxlint-disable-next-line node/no-process-env -- a secret belongs into the environment, and this is the edge
  const signingKey = options.signingKey ?? (process.env["FASTRTC_SIGNING_KEY"] || undefined);
  if (signingKey !== undefined && signingKey.length < MIN_KEY_LENGTH) {
    throw new FastRtcError(
      "invalid_option",
      `FASTRTC_SIGNING_KEY has ${signingKey.length} characters. It has to be a secret of at least ${MIN_KEY_LENGTH}.`,
    );
  }
  return new StreamAccess({ ...options, signingKey, logger, onRefused: (code) => peers.metrics.refused(code) });
}
