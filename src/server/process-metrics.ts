import { type IntervalHistogram, monitorEventLoopDelay } from "node:perf_hooks";
import type { Metric } from "./prometheus-text.ts";

const NANOSECONDS = 1e9;
/** How often the event loop's delay is sampled, in milliseconds. */
const RESOLUTION_MS = 10;
const QUANTILES = [0.5, 0.9, 0.99];

let delays: IntervalHistogram | undefined;

/** Begins to watch the event loop of this process, once, however many Streams ask for it. */
export function watchEventLoop(): void {
  if (delays) return;
  delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
}

/** CPU, memory and event loop of this process, by the names that Prometheus's own clients use where they have one. */
export function processMetrics(): Metric[] {
  const { user, system } = process.cpuUsage();
  return [
    ...eventLoopMetrics(),
    {
      name: "process_cpu_seconds_total",
      help: "User and system time of this process.",
      type: "counter",
      samples: [{ value: (user + system) / 1e6 }],
    },
    {
      name: "process_resident_memory_bytes",
      help: "Memory of this process.",
      type: "gauge",
      samples: [{ value: process.memoryUsage.rss() }],
    },
    {
      name: "nodejs_heap_used_bytes",
      help: "JavaScript's share of it.",
      type: "gauge",
      samples: [{ value: process.memoryUsage().heapUsed }],
    },
  ];
}

function eventLoopMetrics(): Metric[] {
  if (!delays) return [];
  const histogram = delays;
  // The sampling itself takes this long; what comes on top is the delay.
  const seconds = (nanoseconds: number): number => Math.max(0, nanoseconds / NANOSECONDS - RESOLUTION_MS / 1000);
  return [
    {
      name: "fastrtc_event_loop_delay_seconds",
      help: "How late the event loop gets to what is due, since the reading before.",
      type: "gauge",
      samples: histogram.count === 0 ? [] : quantiles(histogram, seconds),
    },
  ];
}

function quantiles(histogram: IntervalHistogram, seconds: (nanoseconds: number) => number): Metric["samples"] {
  const samples = QUANTILES.map((quantile) => ({
    labels: { quantile: String(quantile) },
    value: seconds(histogram.percentile(quantile * 100)),
  }));
  const worst = { labels: { quantile: "1" }, value: seconds(histogram.max) };
  histogram.reset();
  return [...samples, worst];
}
