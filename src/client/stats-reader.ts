import type { Timer } from "../async/clock.ts";
import type { ServerStats } from "../protocol/server-stats.ts";
import type { Link } from "./link.ts";
import { type LiveStats, readStats, type StatsBaseline } from "./live-stats.ts";

/** How often statistics are read, in milliseconds. */
const INTERVAL_MS = 1000;

export interface StatsReaderOptions {
  readonly clock: Timer;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Whether the server is asked for its side. */
  readonly asksServer: boolean;
  /** What carries the stream now. */
  readonly link: () => Link | undefined;
  readonly onStats: (stats: LiveStats) => void;
  readonly onError: (thrown: unknown) => void;
}

/** Reads the statistics of a connection once a second, whichever link carries it. */
export class StatsReader {
  readonly #options: StatsReaderOptions;
  #baseline: { readonly link: Link; readonly values: StatsBaseline } | undefined;
  /** What the server said last of its side. */
  serverStats: ServerStats | undefined;

  constructor(options: StatsReaderOptions) {
    this.#options = options;
  }

  /** Reads them in a second, and then again and again. */
  start(): void {
    const { clock, signal, onError } = this.#options;
    const cancel = clock.after(INTERVAL_MS, () => {
      signal.removeEventListener("abort", cancel);
      this.#read().catch(onError);
    });
    signal.addEventListener("abort", cancel, { once: true });
  }

  async #read(): Promise<void> {
    const { signal, asksServer, link: current, onStats } = this.#options;
    const link = current();
    const entries = await link?.readStats();
    if (!link || !entries || signal.aborted) return;
    if (link === current()) {
      const before = this.#baseline?.link === link ? this.#baseline.values : undefined;
      const { stats, baseline } = readStats(entries, before);
      this.#baseline = { link, values: baseline };
      onStats({ ...stats, server: this.serverStats });
      if (asksServer) link.requests.askStats();
    }
    this.start();
  }
}
