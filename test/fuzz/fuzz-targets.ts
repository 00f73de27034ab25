import type { FuzzTarget } from "./fuzz-target.ts";
import { congestionTargets } from "./congestion-targets.ts";
import { iceTargets } from "./ice-targets.ts";
import { protocolTargets } from "./protocol-targets.ts";
import { rtpTargets } from "./rtp-targets.ts";
import { sipTargets } from "./sip-targets.ts";
import { socketTargets } from "./socket-targets.ts";

/** Everything that reads what a stranger sends. */
export const fuzzTargets: readonly FuzzTarget[] = [
  ...rtpTargets,
  ...congestionTargets,
  ...protocolTargets,
  ...socketTargets,
  ...iceTargets,
  ...sipTargets,
];

/** How many of all inputs a target gets. */
export function inputsOf(target: FuzzTarget, allInputs: number): number {
  const shares = fuzzTargets.reduce((sum, { share = 1 }) => sum + share, 0);
  return Math.ceil((allInputs * (target.share ?? 1)) / shares);
}
