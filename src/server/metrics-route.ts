import type { Histogram } from "../session/histogram.ts";
import type { StreamMetricsReading, TotalName } from "../session/stream-metrics.ts";
import { processMetrics } from "./process-metrics.ts";
import { type Metric, PROMETHEUS_CONTENT_TYPE, prometheusText } from "./prometheus-text.ts";
import type { Health } from "./stream-service.ts";

/** The response of GET `metrics`: a Stream and its process in Prometheus's text format. */
export function metricsResponse(reading: StreamMetricsReading, health: Health): Response {
  const metrics = [...streamMetrics(reading, health), ...processMetrics()];
  return new Response(prometheusText(metrics), {
    headers: { "content-type": PROMETHEUS_CONTENT_TYPE, "cache-control": "no-store" },
  });
}

function streamMetrics(reading: StreamMetricsReading, health: Health): Metric[] {
  return [
    {
      name: "fastrtc_sessions",
      help: "Peers that have a place now.",
      type: "gauge",
      samples: reading.sessions.map(({ transport, state, count }) => ({ labels: { transport, state }, value: count })),
    },
    {
      name: "fastrtc_sessions_limit",
      help: "How many peers may be connected at once.",
      type: "gauge",
      samples: [{ value: health.limit ?? Infinity }],
    },
    {
      name: "fastrtc_sessions_ended_total",
      help: "Sessions that are over, by the reason.",
      type: "counter",
      samples: reading.ended.map(({ transport, reason, count }) => ({ labels: { transport, reason }, value: count })),
    },
    {
      name: "fastrtc_refused_total",
      help: "Offers, calls and candidates that were turned down, by the code of the refusal.",
      type: "counter",
      samples: reading.refused.map(({ code, count }) => ({ labels: { code }, value: count })),
    },
    histogram("fastrtc_connect_seconds", "From a peer's offer to its connection.", reading.connectSeconds),
    histogram("fastrtc_handler_seconds", "What the handler takes for a picture.", reading.handlerSeconds),
    total("fastrtc_frames_total", "Pictures that came from peers and went to them.", reading, [
      ["framesIn", { direction: "in" }],
      ["framesOut", { direction: "out" }],
    ]),
    total(
      "fastrtc_frames_dropped_total",
      "Pictures that no handler got: lost on the network, given up by a busy server, or overtaken.",
      reading,
      [
        ["framesLost", { cause: "network" }],
        ["framesShed", { cause: "server_busy" }],
        ["framesSkipped", { cause: "handler_busy" }],
      ],
    ),
    total("fastrtc_packets_total", "Packets of media that came and went.", reading, [
      ["videoPacketsIn", { kind: "video", direction: "in" }],
      ["videoPacketsOut", { kind: "video", direction: "out" }],
      ["audioPacketsIn", { kind: "audio", direction: "in" }],
      ["audioPacketsOut", { kind: "audio", direction: "out" }],
    ]),
    total("fastrtc_packets_lost_total", "Packets of media from peers that never came.", reading, [
      ["videoPacketsLost", { kind: "video" }],
      ["audioPacketsLost", { kind: "audio" }],
    ]),
    total("fastrtc_payload_bytes_total", "Payload of those packets.", reading, [
      ["videoBytesIn", { kind: "video", direction: "in" }],
      ["videoBytesOut", { kind: "video", direction: "out" }],
      ["audioBytesIn", { kind: "audio", direction: "in" }],
      ["audioBytesOut", { kind: "audio", direction: "out" }],
    ]),
  ];
}

function total(
  name: string,
  help: string,
  { totals }: StreamMetricsReading,
  samples: readonly (readonly [TotalName, Readonly<Record<string, string>>])[],
): Metric {
  return {
    name,
    help,
    type: "counter",
    samples: samples.map(([count, labels]) => ({ labels, value: totals[count] })),
  };
}

function histogram(name: string, help: string, { bounds, cumulative, sum }: Histogram): Metric {
  const count = cumulative.at(-1) ?? 0;
  const buckets = cumulative.map((value, index) => ({
    suffix: "_bucket",
    labels: { le: String(bounds[index] ?? "+Inf") },
    value,
  }));
  return {
    name,
    help,
    type: "histogram",
    samples: [...buckets, { suffix: "_sum", value: sum }, { suffix: "_count", value: count }],
  };
}
