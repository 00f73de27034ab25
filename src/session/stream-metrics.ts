import type { CloseReason } from "./close-reason.ts";
import { Histogram } from "./histogram.ts";
import type { Session, SessionState } from "./session.ts";
import type { TransportStats } from "./transport-stats.ts";
import type { Transport } from "./transport.ts";

type Kind = Transport["kind"];

/** What all peers of a Stream did together since it was made; none of it names a peer. */
export interface StreamMetricsReading {
  /** Sessions there are now. */
  readonly sessions: readonly { readonly transport: Kind; readonly state: SessionState; readonly count: number }[];
  /** Sessions that are over. */
  readonly ended: readonly { readonly transport: Kind; readonly reason: CloseReason; readonly count: number }[];
  /** Requests that were turned down, by the code of the refusal. */
  readonly refused: readonly { readonly code: string; readonly count: number }[];
  /** From the offer to the connection, in seconds. */
  readonly connectSeconds: Histogram;
  /** What the handler took for a picture, in seconds. */
  readonly handlerSeconds: Histogram;
  /** Counts that only grow. */
  readonly totals: Readonly<Record<TotalName, number>>;
}

/** Pictures, packets and bytes of all sessions, those that are over included. */
export const TOTAL_NAMES = [
  "framesIn",
  "framesOut",
  "framesSkipped",
  "framesLost",
  "framesShed",
  "videoPacketsIn",
  "videoPacketsOut",
  "videoPacketsLost",
  "videoBytesIn",
  "videoBytesOut",
  "audioPacketsIn",
  "audioPacketsOut",
  "audioPacketsLost",
  "audioBytesIn",
  "audioBytesOut",
] as const;
export type TotalName = (typeof TOTAL_NAMES)[number];

const CONNECT_BOUNDS_S = [0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30];
const HANDLER_BOUNDS_S = [0.001, 0.002, 0.005, 0.01, 0.02, 0.033, 0.05, 0.1, 0.2, 0.5, 1, 5];

type Totals = Record<TotalName, number>;

/**
 * Adds up what the sessions of one Stream do. A session is looked at when somebody reads, and when it ends; in between only the
 * handler's times are noted.
 */
export class StreamMetrics {
  readonly #connectSeconds = new Histogram(CONNECT_BOUNDS_S);
  readonly #handlerSeconds = new Histogram(HANDLER_BOUNDS_S);
  readonly #ended = new Map<string, { transport: Kind; reason: CloseReason; count: number }>();
  readonly #refused = new Map<string, { code: string; count: number }>();
  readonly #totals = zeroTotals();
  /** What each session had when it was last looked at, and whether its connection has been counted. */
  readonly #seen = new WeakMap<Session, { totals: Totals; isConnectionCounted: boolean }>();

  /** A handler took this long for a picture, in milliseconds. */
  readonly handled = (durationMs: number): void => this.#handlerSeconds.observe(durationMs / 1000);

  /** @param code one of those that this package gives: there is a counter for each */
  refused(code: string): void {
    const entry = this.#refused.get(code) ?? { code, count: 0 };
    entry.count += 1;
    this.#refused.set(code, entry);
  }

  ended(session: Session, reason: CloseReason): void {
    this.#look(session);
    const { transport } = session.context;
    const key = `${transport} ${reason}`;
    const entry = this.#ended.get(key) ?? { transport, reason, count: 0 };
    entry.count += 1;
    this.#ended.set(key, entry);
  }

  read(sessions: Iterable<Session>): StreamMetricsReading {
    const current = new Map<string, { transport: Kind; state: SessionState; count: number }>();
    for (const session of sessions) {
      this.#look(session);
      const { state } = session;
      const { transport } = session.context;
      const entry = current.get(`${transport} ${state}`) ?? { transport, state, count: 0 };
      entry.count += 1;
      current.set(`${transport} ${state}`, entry);
    }
    return {
      sessions: [...current.values()],
      ended: [...this.#ended.values()].map((entry) => ({ ...entry })),
      refused: [...this.#refused.values()].map((entry) => ({ ...entry })),
      connectSeconds: this.#connectSeconds,
      handlerSeconds: this.#handlerSeconds,
      totals: { ...this.#totals },
    };
  }

  /** Adds what a session did since the last look. */
  #look(session: Session): void {
    const seen = this.#seen.get(session) ?? { totals: zeroTotals(), isConnectionCounted: false };
    const { meter } = session;
    const now = totalsOf(session.carried, meter);
    const before = beganAnew(now, seen.totals) ? { ...zeroTotals(), ...framesOf(seen.totals) } : seen.totals;
    for (const name of TOTAL_NAMES) {
      // A packet that was taken for lost may still come, and a counter never falls.
      now[name] = Math.max(now[name], before[name]);
      this.#totals[name] += now[name] - before[name];
    }
    if (!seen.isConnectionCounted && meter.connectMs !== undefined) {
      this.#connectSeconds.observe(meter.connectMs / 1000);
      seen.isConnectionCounted = true;
    }
    this.#seen.set(session, { ...seen, totals: now });
  }
}

function zeroTotals(): Totals {
  return Object.fromEntries(TOTAL_NAMES.map((name) => [name, 0])) as Totals;
}

/** Whether another transport counts now: the numbers of packets never fall otherwise. */
function beganAnew(now: Totals, before: Totals): boolean {
  const names = ["videoPacketsIn", "videoPacketsOut", "audioPacketsIn", "audioPacketsOut"] as const;
  return names.some((name) => now[name] < before[name]);
}

/** What the session counts, and not its transport. */
function framesOf({ framesIn, framesOut, framesSkipped }: Totals): Partial<Totals> {
  return { framesIn, framesOut, framesSkipped };
}

function totalsOf(carried: TransportStats | undefined, meter: Session["meter"]): Totals {
  const { inbound, outbound } = carried ?? { inbound: {}, outbound: {} };
  return {
    framesIn: meter.framesIn,
    framesOut: meter.framesOut,
    framesSkipped: meter.framesSkipped,
    framesLost: inbound.video?.framesDropped ?? 0,
    framesShed: inbound.video?.framesShed ?? 0,
    videoPacketsIn: inbound.video?.packets ?? 0,
    videoPacketsOut: outbound.video?.packets ?? 0,
    videoPacketsLost: Math.max(0, inbound.video?.packetsLost ?? 0),
    videoBytesIn: inbound.video?.bytes ?? 0,
    videoBytesOut: outbound.video?.bytes ?? 0,
    audioPacketsIn: inbound.audio?.packets ?? 0,
    audioPacketsOut: outbound.audio?.packets ?? 0,
    audioPacketsLost: Math.max(0, inbound.audio?.packetsLost ?? 0),
    audioBytesIn: inbound.audio?.bytes ?? 0,
    audioBytesOut: outbound.audio?.bytes ?? 0,
  };
}
