import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeMuLaw, encodeMuLaw } from "../../src/media/g711.ts";
import { loudest, sine } from "../support/tones.ts";
import { WebSocketClient } from "../support/websocket-client.ts";
import { type ConformanceServer, startConformanceServer } from "./conformance-server.ts";

let server: ConformanceServer;
beforeAll(async () => {
  server = await startConformanceServer({ port: 0 });
});
afterAll(() => server.close());

const connect = (path: string): Promise<WebSocketClient> => WebSocketClient.connect(`${server.url}${path}`);
/** 600 ms of a tone as FastRTC's clients send it. */
const tone = (sampleRate: number): Uint8Array =>
  encodeMuLaw(sine(500, { sampleRate, length: (sampleRate * 600) / 1000 }).toInt16());

/** What an application's page is told of the outputs of a peer, as server-sent events. */
async function firstOutputs(stream: string, id: string): Promise<string> {
  const response = await fetch(`${server.url}/outputs?stream=${stream}&webrtc_id=${id}`);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) throw new Error("There are no outputs to read.");
  let text = "";
  while (!text.includes("data:")) {
    const { value, done } = await reader.read();
    if (done) break;
    text += value;
  }
  await reader.cancel();
  return text;
}

describe("a WebSocket client on the conformance server", () => {
  test.each([
    ["/audio-echo", 24_000],
    ["/audio-echo-8k", 8000],
    ["/audio-limit2", 8000],
    ["/av-echo", 24_000],
  ])("hears itself on %s", async (path, outputRate) => {
    using client = await connect(path);
    await client.start("echo");
    const inputRate = path === "/av-echo" ? 48_000 : outputRate;
    client.sendMuLaw(tone(inputRate));
    await expect.poll(() => client.heard.length).toBeGreaterThan(outputRate * 0.5);
    const samples = Array.from(decodeMuLaw(client.heard), (sample) => sample / 32_768);
    const { frequency, amplitude } = loudest(samples, outputRate);
    expect([Math.round(frequency), amplitude]).toEqual([500, expect.closeTo(0.5, 1)]);
  });

  test("hears three seconds of 440 Hz on /audio-receive, and then the end", async () => {
    using client = await connect("/audio-receive");
    await client.start("listener");
    await expect.poll(() => client.closedWith).toBe(1000);
    const samples = Array.from(decodeMuLaw(client.heard), (sample) => sample / 32_768);
    expect(Math.round(loudest(samples, 24_000).frequency)).toBe(440);
    expect(samples.length / 24_000).toBeCloseTo(3, 1);
  });

  test("is counted on /audio-send and hears nothing", async () => {
    using client = await connect("/audio-send");
    await client.start("sender");
    // What comes before somebody asks for the outputs is told to nobody: the client goes on.
    const speaking = setInterval(() => client.sendMuLaw(new Uint8Array(960).fill(0x55)), 5);
    await expect.poll(() => client.messages.some(({ type }) => type === "fetch_output")).toBe(true);
    const outputs = await firstOutputs("/audio-send", "sender");
    clearInterval(speaking);
    expect(outputs).toMatch(/data: ?\[?\d+/);
    expect(client.heard).toHaveLength(0);
  });

  test("is told of every kind of error on /audio-boom, stays connected, and can leave", async () => {
    using client = await connect("/audio-boom");
    await client.start("unlucky");
    client.sendMuLaw(tone(48_000));
    const errors = (): unknown[] => [
      ...new Set(client.messages.filter(({ type }) => type === "error").map(({ data }) => data)),
    ];
    await expect.poll(errors).toContain("This handler throws whenever it is asked.");
    client.send({ event: "ping" });
    await expect.poll(() => client.messages.some(({ event }) => event === "pong")).toBe(true);
    client.send({ event: "stop" });
    await expect.poll(() => client.closedWith).toBe(1000);
    expect(client.heard).toHaveLength(0);
  });

  test("is refused as the third on /audio-limit2, and admitted once another has left", async () => {
    using first = await connect("/audio-limit2");
    using second = await connect("/audio-limit2");
    await first.start("first");
    await second.start("second");
    using third = await connect("/audio-limit2");
    await third.start("third");
    await expect.poll(() => third.closedWith).toBe(1000);
    expect(third.messages).toEqual([
      { status: "failed", meta: { error: "concurrency_limit_reached", limit: 2, message: expect.any(String) } },
    ]);
    using double = await connect("/audio-limit2");
    await double.start("first");
    await expect.poll(() => double.messages).toMatchObject([{ meta: { error: "connection_already_exists" } }]);
    first.send({ event: "stop" });
    await expect.poll(() => first.closedWith).toBe(1000);
    using fourth = await connect("/audio-limit2");
    await fourth.start("fourth");
    fourth.sendMuLaw(tone(8000));
    await expect.poll(() => fourth.heard.length).toBeGreaterThan(4000);
  });
});
