import { afterEach, describe, expect, test } from "vitest";
import { Stream } from "../../src/index.ts";
import { NativeClient } from "../support/native-client.ts";
import { parsePrometheus } from "../support/prometheus-parser.ts";
import { RecordingLogger } from "../support/recording-logger.ts";

const clients: NativeClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

const flipping = (metrics: boolean) =>
  new Stream({
    handler: (frame) => frame.flip("vertical"),
    modality: "video",
    metrics,
    logger: new RecordingLogger(),
  });

describe("what a Stream tells of its peers", () => {
  test("is told of those that there are, and of nobody else", async () => {
    const stream = flipping(false);
    const client = new NativeClient();
    clients.push(client);
    expect(() => stream.stats(client.id)).toThrow(expect.objectContaining({ code: "unknown_connection" }));
    await client.connect(stream);
    await expect.poll(() => stream.stats(client.id).state).toBe("connected");
    expect(stream.stats(client.id)).toMatchObject({
      webrtcId: client.id,
      transport: "webrtc",
      outbound: { video: { codec: "H264", packets: 0, frames: 0, fps: 0, bitrateBps: 0 } },
      processing: {},
    });
    const metrics = parsePrometheus(await stream.metrics().text());
    expect(metrics.get("fastrtc_sessions")?.samples).toEqual(
      new Map([['fastrtc_sessions{transport="webrtc",state="connected"}', 1]]),
    );
    await stream.close();
    expect(() => stream.stats(client.id)).toThrow(expect.objectContaining({ code: "unknown_connection" }));
  });

  test("is a route where that was asked for", async () => {
    const request = new Request("http://localhost/metrics");
    expect((await flipping(false).fetch(request)).status).toBe(404);
    const response = await flipping(true).fetch(request);
    expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(parsePrometheus(await response.text()).get("fastrtc_handler_seconds")?.type).toBe("histogram");
  });

  test("counts what it turned down", async () => {
    const stream = flipping(true);
    await stream.offer({ nonsense: true });
    await stream.offer({ type: "offer", sdp: "nonsense", webrtc_id: "a" });
    const metrics = parsePrometheus(await stream.metrics().text());
    expect(metrics.get("fastrtc_refused_total")?.samples).toEqual(
      new Map([
        ['fastrtc_refused_total{code="invalid_request"}', 1],
        ['fastrtc_refused_total{code="invalid_sdp"}', 1],
      ]),
    );
  });
});
