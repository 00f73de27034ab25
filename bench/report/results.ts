import type { ChurnResult } from "../parts/churn.ts";
import type { CodecFloor } from "../parts/codec-floor.ts";
import type { FirstPictureResult } from "../parts/first-picture.ts";
import type { KillResult } from "../parts/kill.ts";
import type { LatencyResult } from "../parts/latency.ts";
import type { LoadStep } from "../parts/load.ts";
import type { NetworkResult } from "../parts/network.ts";
import type { PageLoadResult } from "../parts/page-load.ts";
import type { SipResult } from "../parts/sip.ts";
import type { TurnsResult } from "../parts/turns.ts";
import type { VoicesResult } from "../parts/voices.ts";
import type { EchoStep } from "../parts/websocket-echo.ts";

/** The machine and the programs that a run was made with. */
export interface RunDescription {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  readonly chromium: string;
  readonly python?: string;
  /** Load average of the last minute before the run: other work on the machine spoils the figures. */
  readonly loadBefore: number;
}

/** Everything that one run of the benchmark measured; parts that did not run are empty. */
export interface BenchResults {
  readonly run: RunDescription;
  latency: readonly LatencyResult[];
  firstPicture: readonly FirstPictureResult[];
  codecs: readonly CodecFloor[];
  load: readonly LoadStep[];
  churn: readonly ChurnResult[];
  kill: readonly KillResult[];
  echo: readonly EchoStep[];
  sip: readonly SipResult[];
  network: readonly NetworkResult[];
  voices: readonly VoicesResult[];
  turns: readonly TurnsResult[];
  page: readonly PageLoadResult[];
  /** Parts that failed, with the reason. */
  readonly failures: string[];
}
