import type { NetworkConditions } from "./network-conditions.ts";
import type { LinkCounts } from "./network-link.ts";
import type { CandidateAddress } from "./rewrite-candidates.ts";

/** What the relay's process is asked. */
export type RelayRequest = { readonly request: number } & (
  | { readonly type: "open"; readonly conditions: NetworkConditions; readonly seed: number }
  | { readonly type: "connect"; readonly path: number; readonly server: CandidateAddress }
  | { readonly type: "change"; readonly conditions: NetworkConditions }
  | { readonly type: "report" }
  | { readonly type: "close" }
);

/** How the relay did: its own cost is part of every figure. */
export interface RelayReport {
  readonly toServer: LinkCounts;
  readonly toClient: LinkCounts;
  /** How long packets stood in each direction's queue since the report before, in milliseconds. */
  readonly queuedToServerP95Ms: number;
  readonly queuedToClientP95Ms: number;
  /** How much later than meant packets left, in milliseconds. */
  readonly latenessP50Ms: number;
  readonly latenessP99Ms: number;
}

export type RelayReply = { readonly request: number } & (
  | { readonly type: "opened"; readonly path: number; readonly clientPort: number; readonly serverPort: number }
  | { readonly type: "done" }
  | { readonly type: "report"; readonly report: RelayReport }
  | { readonly type: "failed"; readonly message: string }
);
