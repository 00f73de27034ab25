import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type AudioFrame, Stream, StreamHandler } from "../../src/index.ts";
import { Coturn } from "../support/coturn.ts";
import { NetworkNamespace } from "../support/network-namespace.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { type LaunchedChromium, launchChromium } from "./chromium.ts";
import { ClientPageServer, type ClientState, clientUntil, startClient } from "./client-page.ts";
import type { VideoStreamOptions } from "./video-stream-options.ts";

/** Where the TURN server and the page are, and where the Stream's media are. */
const RELAY_ADDRESS = "10.213.8.1";
const MEDIA_ADDRESS = "10.213.8.4";

let coturn: Coturn;
let namespace: NetworkNamespace;
let chromium: LaunchedChromium;
const cleanups: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  namespace = await NetworkNamespace.create();
  await namespace.cable(["10.213.8.2/24"], { there: [`${RELAY_ADDRESS}/24`, `${MEDIA_ADDRESS}/24`] });
  coturn = await Coturn.start({ address: RELAY_ADDRESS });
  chromium = await launchChromium({
    namespace,
    args: [`--ignore-certificate-errors-spki-list=${coturn.keyHash}`, "--autoplay-policy=no-user-gesture-required"],
  });
});
afterAll(async () => {
  await chromium[Symbol.asyncDispose]();
  await coturn[Symbol.asyncDispose]();
  await namespace[Symbol.asyncDispose]();
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function serve(options: VideoStreamOptions = {}) {
  const logger = new RecordingLogger();
  const stream = new Stream({
    handler: (frame) => frame,
    modality: "video",
    logger,
    // Not the relay's own address: to that every permission would apply, and packets would find ways around the relay.
    network: { bindAddress: MEDIA_ADDRESS },
    ...options,
  });
  const server = await ClientPageServer.start(stream, RELAY_ADDRESS);
  cleanups.push(() => server[Symbol.asyncDispose]());
  return { logger, server, stream };
}

async function open(): Promise<Page> {
  const page = await chromium.browser.newPage();
  cleanups.push(() => page.close());
  return page;
}

const flows = ({ state, frames, path }: ClientState): boolean =>
  state.type === "connected" && frames > 10 && path !== undefined;

describe("a browser that may use a relay only", () => {
  test("connects through TURN over UDP", async () => {
    const { server } = await serve();
    const page = await open();
    await startClient(page, server.url, { iceServers: [coturn.iceServer("udp")], iceTransportPolicy: "relay" });
    const { path } = await clientUntil(page, flows);
    expect([path?.local.split(" ")[0], path?.relayProtocol, path?.remote.split(" ")[0]]).toEqual([
      "relay",
      "udp",
      "host",
    ]);
  });

  test("connects to a server that announces its relay only, the first peer as well", async () => {
    const { server } = await serve({
      serverRtcConfiguration: { iceServers: [coturn.iceServer("udp")], iceTransportPolicy: "relay" },
    });
    const page = await open();
    await startClient(page, server.url, { iceServers: [coturn.iceServer("udp")], iceTransportPolicy: "relay" });
    const { path } = await clientUntil(page, flows);
    expect([path?.local.split(" ")[0], path?.remote.split(" ")[0]]).toEqual(["relay", "relay"]);
  });

  test.each(["tcp", "tls"] as const)("connects through TURN over %s", async (way) => {
    const iceServers = [coturn.iceServer(way)];
    const { server, stream } = await serve({ rtcConfiguration: { iceServers } });
    const page = await open();
    await startClient(page, server.url, { iceServers, iceTransportPolicy: "relay" });
    const { path, history, color } = await clientUntil(page, flows);
    // It sees itself at the front's other side, an address that it did not know: peer-reflexive, but through its relay.
    expect([path?.relayProtocol, path?.remote]).toEqual([way, `host udp ${MEDIA_ADDRESS}`]);
    expect(history).toEqual(["connecting", "connected"]);
    expect(color.map((value) => Math.round(value / 64))).toEqual([0, 3, 0]); // Its own picture, there and back.
    expect(coturn.log).toMatch(way === "tcp" ? /tcp or tls connected to/ : /cipher=/);
    await page.evaluate(() => globalThis.client.close());
    await expect.poll(() => stream.health().sessions, { timeout: 20_000 }).toBe(0);
  });
});

test.each(["tcp", "tls"] as const)(
  "a browser with a relay over %s reaches a server that announces its relay only",
  async (way) => {
    const { server } = await serve({
      rtcConfiguration: { iceServers: [coturn.iceServer(way)] },
      serverRtcConfiguration: { iceServers: [coturn.iceServer("udp")], iceTransportPolicy: "relay" },
      network: { bindAddress: MEDIA_ADDRESS, relayPort: 50_321 },
    });
    const page = await open();
    await startClient(page, server.url, { iceServers: [coturn.iceServer(way)], iceTransportPolicy: "relay" });
    const { path, color } = await clientUntil(page, flows);
    expect([path?.relayProtocol, path?.remote.split(" ")[0]]).toEqual([way, "relay"]);
    expect(color.map((value) => Math.round(value / 64))).toEqual([0, 3, 0]);
  },
);

/** Sends back what it hears. */
class Echo extends StreamHandler {
  readonly #heard: AudioFrame[] = [];
  #wake: () => void = () => undefined;

  override copy(): Echo {
    return new Echo();
  }

  override receive(frame: AudioFrame): void {
    this.#heard.push(frame);
    this.#wake();
  }

  override async emit(): Promise<AudioFrame | null> {
    if (this.#heard.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#heard.shift() ?? null;
  }
}

test("sound goes both ways through TURN over TLS", async () => {
  const iceServers = [coturn.iceServer("tls")];
  const network = { bindAddress: MEDIA_ADDRESS };
  const logger = new RecordingLogger();
  const stream = new Stream({
    handler: new Echo(),
    modality: "audio",
    logger,
    network,
    rtcConfiguration: { iceServers },
  });
  const server = await ClientPageServer.start(stream, RELAY_ADDRESS);
  cleanups.push(() => server[Symbol.asyncDispose]());
  const page = await open();
  await page.goto(server.url);
  const energy = await page.evaluate(
    async (configuration) => {
      const context = new AudioContext();
      const [oscillator, destination] = [context.createOscillator(), context.createMediaStreamDestination()];
      oscillator.connect(destination);
      oscillator.start();
      const peer = new RTCPeerConnection(configuration);
      for (const track of destination.stream.getTracks()) peer.addTransceiver(track);
      const player = document.createElement("audio"); // Without one Chromium does not decode what comes.
      peer.addEventListener("track", ({ track }) => {
        player.srcObject = new MediaStream([track]);
        void player.play().catch(() => undefined);
      });
      const post = async (body: object): Promise<{ readonly sdp: string }> => {
        const headers = { "content-type": "application/json" };
        const response = await fetch("/rtc/webrtc/offer", {
          ...{ method: "POST", headers },
          body: JSON.stringify({ ...body, webrtc_id: "caller" }),
        });
        return (await response.json()) as { readonly sdp: string };
      };
      peer.addEventListener("icecandidate", ({ candidate }) => {
        if (candidate) void post({ type: "ice-candidate", candidate: candidate.toJSON() });
      });
      await peer.setLocalDescription();
      const { sdp } = await post({ type: "offer", sdp: peer.localDescription?.sdp });
      await peer.setRemoteDescription({ type: "answer", sdp });
      const deadline = performance.now() + 20_000;
      let heard = 0;
      while (heard < 0.1 && performance.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        const stats: Map<string, Record<string, unknown>> = new Map(await peer.getStats());
        for (const entry of stats.values()) {
          if (entry["type"] === "inbound-rtp") heard = Number(entry["totalAudioEnergy"] ?? 0);
        }
      }
      peer.close();
      return heard;
    },
    { iceServers, iceTransportPolicy: "relay" } as const,
  );
  expect(energy).toBeGreaterThanOrEqual(0.1);
});

describe("a server with a TURN server", () => {
  test("warns of a wrong password, and answers without delay all the same", async () => {
    const { logger, server } = await serve({
      serverRtcConfiguration: { iceServers: [{ ...coturn.iceServer("udp"), credential: "wrong" }] },
    });
    const page = await open();
    await startClient(page, server.url);
    await clientUntil(page, flows);
    await expect
      .poll(() => logger.at("warn"))
      .toEqual([expect.stringContaining("gave no relay: check its username and credential")]);
    expect(JSON.stringify(logger.lines)).not.toContain("wrong");
  });

  test("says that it cannot use TURN over TCP or TLS, and leaves them to the browser", async () => {
    const { logger, server } = await serve({
      rtcConfiguration: { iceServers: [coturn.iceServer("tcp"), coturn.iceServer("tls")] },
    });
    const page = await open();
    await startClient(page, server.url);
    await clientUntil(page, flows);
    expect(logger.at("warn").filter((line) => line.includes("STUN and TURN over UDP only"))).toHaveLength(2);
  });
});
