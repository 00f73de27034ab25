import { describe, expect, test } from "vitest";
import { metricsResponse } from "../../src/server/metrics-route.ts";
import { prometheusText } from "../../src/server/prometheus-text.ts";
import { watchEventLoop } from "../../src/server/process-metrics.ts";
import { Routes } from "../../src/server/routes.ts";
import { Peers } from "../../src/session/peers.ts";
import type { Session } from "../../src/session/session.ts";
import type { TransportStats } from "../../src/session/transport-stats.ts";
import { VideoFrame } from "../../src/media/video-frame.ts";
import { videoFunctionHandler } from "../../src/handlers/video-function.ts";
import { echoService } from "../support/echo-service.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { type ParsedMetric, parsePrometheus } from "../support/prometheus-parser.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { RecordingTransport } from "../support/recording-transport.ts";

class CountingTransport extends RecordingTransport {
  counts: TransportStats = { inbound: {}, outbound: {} };
  stats(): TransportStats {
    return this.counts;
  }
}

const videoCounts = (packets: number, packetsLost: number): TransportStats => ({
  inbound: {
    video: {
      codec: "VP8",
      packets,
      bytes: packets * 1000,
      packetsLost,
      frames: packets,
      keyframes: 1,
      framesDropped: 0,
      framesShed: 0,
      nacks: 0,
      keyframeRequests: 0,
    },
  },
  outbound: {},
});

/** Lets everything go on that waits for nothing but its turn. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function setUp() {
  const clock = new ManualClock();
  const peers = new Peers({
    modality: "video",
    mode: "send-receive",
    handlers: {
      create: () =>
        videoFunctionHandler((frame) => {
          clock.advance(15);
          return frame;
        }, "send-receive"),
    },
    additionalInputs: [],
    concurrencyLimit: 2,
    logger: new RecordingLogger(),
    clock,
  });
  const join = (id: string): { session: Session; transport: CountingTransport } => {
    const transport = new CountingTransport();
    const admission = peers.registry.admit(id, () => peers.createSession(id, "webrtc"));
    if (admission.type !== "admitted") throw new Error(admission.type);
    admission.session.attach(transport);
    return { session: admission.session, transport };
  };
  const scrape = async (): Promise<ReadonlyMap<string, ParsedMetric>> => {
    const health = { status: "ok", sessions: 0, connected: 0, limit: 2, uptime: 0 } as const;
    return parsePrometheus(await metricsResponse(peers.metrics.read(peers.registry.sessions), health).text());
  };
  return { clock, peers, join, scrape };
}

const samplesOf = (metrics: ReadonlyMap<string, ParsedMetric>, name: string): Record<string, number> =>
  Object.fromEntries(metrics.get(name)?.samples ?? []);

describe("GET metrics", () => {
  test("counts the sessions by transport and state, and those that are over by their reason", async () => {
    const { clock, peers, join, scrape } = setUp();
    const first = join("one");
    join("two");
    clock.advance(150);
    first.session.connected();
    expect(() => join("three")).toThrow("concurrency_limit_reached");
    peers.countRefusal({ status: "failed", meta: { error: "invalid_sdp", message: "" } });
    peers.countRefusal({ status: "failed", meta: { error: "concurrency_limit_reached", message: "" } });
    peers.countRefusal({ status: "success" });
    let metrics = await scrape();
    expect(samplesOf(metrics, "fastrtc_sessions")).toEqual({
      'fastrtc_sessions{transport="webrtc",state="connected"}': 1,
      'fastrtc_sessions{transport="webrtc",state="connecting"}': 1,
    });
    expect(samplesOf(metrics, "fastrtc_sessions_limit")).toEqual({ fastrtc_sessions_limit: 2 });
    expect(samplesOf(metrics, "fastrtc_refused_total")).toEqual({
      'fastrtc_refused_total{code="concurrency_limit_reached"}': 1,
      'fastrtc_refused_total{code="invalid_sdp"}': 1,
    });
    expect(samplesOf(metrics, "fastrtc_connect_seconds")).toMatchObject({
      'fastrtc_connect_seconds_bucket{le="0.1"}': 0,
      'fastrtc_connect_seconds_bucket{le="0.2"}': 1,
      fastrtc_connect_seconds_sum: 0.15,
      fastrtc_connect_seconds_count: 1,
    });

    await peers.registry.endAll("server-stopped");
    metrics = await scrape();
    expect(samplesOf(metrics, "fastrtc_sessions")).toEqual({});
    expect(samplesOf(metrics, "fastrtc_sessions_ended_total")).toEqual({
      'fastrtc_sessions_ended_total{transport="webrtc",reason="server-stopped"}': 2,
    });
    expect(samplesOf(metrics, "fastrtc_connect_seconds")["fastrtc_connect_seconds_count"]).toBe(1);
  });

  test("times the handler, and counts pictures", async () => {
    const { join, scrape } = setUp();
    const { session } = join("one");
    session.connected();
    await settle();
    session.videoFrame(VideoFrame.allocate(4, 4));
    await settle();
    const metrics = await scrape();
    expect(samplesOf(metrics, "fastrtc_handler_seconds")).toMatchObject({
      'fastrtc_handler_seconds_bucket{le="0.01"}': 0,
      'fastrtc_handler_seconds_bucket{le="0.02"}': 1,
      'fastrtc_handler_seconds_bucket{le="+Inf"}': 1,
      fastrtc_handler_seconds_sum: 0.015,
    });
    expect(samplesOf(metrics, "fastrtc_frames_total")).toEqual({
      'fastrtc_frames_total{direction="in"}': 1,
      'fastrtc_frames_total{direction="out"}': 1,
    });
    await session.end("peer-left");
  });

  test("has counters that never fall: neither when a session ends, nor with another transport, nor when a lost packet comes", async () => {
    const { join, scrape } = setUp();
    const { session, transport } = join("one");
    session.connected();
    const read = async (): Promise<(number | undefined)[]> => {
      const metrics = await scrape();
      return [
        samplesOf(metrics, "fastrtc_packets_total")['fastrtc_packets_total{kind="video",direction="in"}'],
        samplesOf(metrics, "fastrtc_packets_lost_total")['fastrtc_packets_lost_total{kind="video"}'],
      ];
    };
    transport.counts = videoCounts(100, 5);
    expect(await read()).toEqual([100, 5]);
    transport.counts = videoCounts(110, 3);
    expect(await read()).toEqual([110, 5]);
    transport.counts = videoCounts(120, 6);
    expect(await read()).toEqual([120, 6]);
    transport.counts = videoCounts(30, 1); // A takeover.
    expect(await read()).toEqual([150, 7]);
    transport.counts = videoCounts(40, 1);
    await session.end("peer-left");
    expect(await read()).toEqual([160, 7]);
  });

  test("tells of the process and its event loop", async () => {
    watchEventLoop();
    const { scrape } = setUp();
    const delays = async (): Promise<string[]> =>
      Object.keys(samplesOf(await scrape(), "fastrtc_event_loop_delay_seconds"));
    await expect
      .poll(delays)
      .toEqual(
        ["0.5", "0.9", "0.99", "1"].map((quantile) => `fastrtc_event_loop_delay_seconds{quantile="${quantile}"}`),
      );
    const metrics = await scrape();
    const [cpu] = Object.values(samplesOf(metrics, "process_cpu_seconds_total"));
    const [memory] = Object.values(samplesOf(metrics, "process_resident_memory_bytes"));
    expect(cpu).toBeGreaterThan(0);
    expect(memory).toBeGreaterThan(10_000_000);
  });

  test("is a route only where the Stream was told so; elsewhere an application may have its own", async () => {
    const without = new Routes(echoService(), { basePath: "", page: false });
    expect(without.covers("GET", "/metrics")).toBe(false);
    expect(await without.handle(new Request("http://localhost/metrics"))).toBeUndefined();
    const routes = new Routes(
      { ...echoService(), metrics: () => new Response("x 1\n") },
      { basePath: "/rtc", page: false },
    );
    expect(routes.paths).toContain("/rtc/metrics");
    expect(routes.covers("GET", "/rtc/metrics")).toBe(true);
    expect(await (await routes.handle(new Request("http://localhost/rtc/metrics")))?.text()).toBe("x 1\n");
    const posted = await routes.handle(new Request("http://localhost/rtc/metrics", { method: "POST" }));
    expect(posted?.status).toBe(405);
  });
});

describe("Prometheus's text format", () => {
  test("escapes what would end a label or a line", () => {
    const text = prometheusText([
      {
        name: "a_total",
        help: 'back\\slash\nand "quotes"',
        type: "counter",
        samples: [{ labels: { x: 'a"b\\c\nd' }, value: 1 }],
      },
    ]);
    expect(text).toBe(
      '# HELP a_total back\\\\slash\\nand "quotes"\n# TYPE a_total counter\na_total{x="a\\"b\\\\c\\nd"} 1\n',
    );
    expect(parsePrometheus(text).size).toBe(1);
  });

  test("writes what is no finite number as scrapers read it", () => {
    const sample = (value: number): string =>
      prometheusText([{ name: "a", help: "", type: "gauge", samples: [{ value }] }]).split("\n")[2] ?? "";
    expect([Infinity, -Infinity, Number.NaN, 1e21].map(sample)).toEqual(["a +Inf", "a -Inf", "a NaN", "a 1e+21"]);
  });
});
