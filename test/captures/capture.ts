/*
 * Records what a real peer sends: `npx tsx test/captures/capture.ts <name>` writes <name>.jsonl beside this file.
 * Chromium comes from CHROMIUM_PATH or the PATH, Firefox from FIREFOX_PATH or the PATH, aiortc from the Python of AIORTC_PYTHON.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MediaSection } from "../../src/protocol/sdp/session-description.ts";
import { launchChromium } from "../browser/chromium.ts";
import { type LoopbackPageOptions, loopbackPage } from "../transports/webrtc/loopback-page.ts";
import type { PassthroughPeer, PassthroughPeerOptions } from "../transports/webrtc/passthrough-peer.ts";
import { type PassthroughServer, startPassthroughServer } from "../transports/webrtc/passthrough-server.ts";

interface Scenario {
  readonly scenario: string;
  readonly page: LoopbackPageOptions;
  readonly options: PassthroughPeerOptions;
  /** Every so many video packets one is left out of the capture and asked for again. */
  readonly loseEvery?: number;
  /** Starts the peer, and resolves with its name and version once it is gone. */
  readonly run: (server: PassthroughServer) => Promise<string>;
}

const RECORD_MS = 3500;
const SMALL = { bitrate: 450_000, retransmission: true };

const scenarios: Record<string, Scenario> = {
  "chromium-h264": {
    scenario: "fake camera 640x480@20, 3.5 s, no loss",
    page: {},
    options: { ...SMALL, videoCodecs: ["H264"] },
    run: runChromium,
  },
  "chromium-vp8": {
    scenario: "fake camera 640x480@20 and microphone, 3.5 s, no loss",
    page: { audio: true },
    options: { ...SMALL, videoCodecs: ["VP8"], audio: true },
    run: runChromium,
  },
  "chromium-vp8-loss": {
    scenario: "fake camera 640x480@20, 3.5 s, every 40th video packet lost, asked for by NACK and sent again as RTX",
    page: {},
    options: { ...SMALL, videoCodecs: ["VP8"] },
    loseEvery: 40,
    run: runChromium,
  },
  "chromium-transport-feedback": {
    scenario: "fake camera 640x480@20, 3.5 s, no loss, with transport-wide sequence numbers and feedback about them",
    page: {},
    options: { ...SMALL, videoCodecs: ["VP8"], transportFeedback: true },
    run: runChromium,
  },
  "firefox-vp8": {
    scenario: "fake camera 640x480 and microphone, 3.5 s, no loss",
    page: { audio: true },
    // Firefox does not send to 127.0.0.1 from any other address, and hides its own behind mDNS names.
    options: { ...SMALL, videoCodecs: ["VP8"], audio: true, bindAddress: undefined },
    run: runFirefox,
  },
  "aiortc-vp8": {
    scenario: "moving picture 640x480@30 and Opus, 3.5 s, no loss",
    page: {},
    options: { ...SMALL, videoCodecs: ["VP8"], audio: true },
    run: runAiortc,
  },
  "aiortc-h264": {
    scenario: "moving picture 640x480@30, 3.5 s, no loss",
    page: {},
    options: { ...SMALL, videoCodecs: ["H264"] },
    run: runAiortc,
  },
};

const name = process.argv[2] ?? "";
const scenario = scenarios[name];
if (!scenario) throw new Error(`Name one of ${Object.keys(scenarios).join(", ")}.`);
await record(name, scenario);

async function record(file: string, { scenario: title, page, options, loseEvery, run }: Scenario): Promise<void> {
  const lines: string[] = [];
  let offer = "";
  let firstMs: number | undefined;
  let videoPackets = 0;
  await using server = await startPassthroughServer(loopbackPage({ ...page, watchMs: RECORD_MS }), (sdp) => {
    offer = sdp;
    return {
      ...options,
      onPacket: (kind, packet, arrivalMs) => {
        const [peer] = server.peers;
        firstMs ??= arrivalMs;
        const t = arrivalMs - firstMs;
        if (t > RECORD_MS) return;
        if (kind === "rtp" && peer && isVideo(peer, packet)) {
          videoPackets += 1;
          // The first second passes whole, so that the picture stands.
          if (loseEvery && t > 1000 && videoPackets % loseEvery === 0) {
            peer.transport.send(nack(packet));
            return;
          }
        }
        lines.push(
          JSON.stringify({ t: Number(t.toFixed(3)), dir: "in", kind, hex: Buffer.from(packet).toString("hex") }),
        );
      },
    };
  });
  const version = await run(server);
  const [peer] = server.peers;
  if (!peer) throw new Error("The peer never sent an offer.");
  const header = {
    peer: version,
    scenario: title,
    codec: peer.negotiation.media[0]?.codec.name,
    lossless: loseEvery === undefined,
    rtcpReducedSize: peer.negotiation.media.every(({ section }) => section.rtcpReducedSize),
    streams: peer.negotiation.media.map((media) => ({
      ...stream(media.section),
      ...payloadTypes(media),
      mid: media.section.mid,
    })),
    offer,
    answer: peer.answer,
  };
  const path = join(import.meta.dirname, `${file}.jsonl`);
  await writeFile(path, `${[JSON.stringify(header), ...lines].join("\n")}\n`);
  console.log(path, lines.length, "packets", JSON.stringify(server.reports[0]));
}

function stream({ kind, ssrcs, ssrcGroups }: MediaSection) {
  const [ssrc, rtxSsrc] =
    ssrcGroups.find(({ semantics }) => semantics === "FID")?.ssrcs ?? ssrcs.map((each) => each.ssrc);
  return { kind, ssrc, ...(rtxSsrc !== undefined && { rtxSsrc }) };
}

function payloadTypes({ codec, rtxPayloadType, headerExtensions }: PassthroughPeer["negotiation"]["media"][number]) {
  return {
    payloadTypes: {
      [codec.payloadType]: codec.name,
      ...(rtxPayloadType !== undefined && { [rtxPayloadType]: "rtx" }),
    },
    extmap: Object.fromEntries(headerExtensions.map(({ id, uri }) => [id, uri])),
  };
}

function isVideo(peer: PassthroughPeer, packet: Uint8Array): boolean {
  const payloadType = (packet[1] ?? 0) & 0x7f;
  return peer.negotiation.media.some(
    ({ section, codec }) => section.kind === "video" && codec.payloadType === payloadType,
  );
}

/** A generic NACK for this one packet (RFC 4585 section 6.2.1). */
function nack(packet: Uint8Array): Uint8Array {
  const request = new DataView(new ArrayBuffer(16));
  const lost = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  request.setUint16(0, 0x81cd);
  request.setUint16(2, 3);
  request.setUint32(4, 1);
  request.setUint32(8, lost.getUint32(8));
  request.setUint16(12, lost.getUint16(2));
  return new Uint8Array(request.buffer);
}

async function runChromium(server: PassthroughServer): Promise<string> {
  await using chromium = await launchChromium();
  const page = await chromium.browser.newPage();
  await page.goto(server.url);
  await reported(server);
  return `Chromium ${chromium.browser.version()}`;
}

async function runFirefox(server: PassthroughServer): Promise<string> {
  const firefox = process.env["FIREFOX_PATH"] ?? "firefox-esr";
  const profile = await mkdtemp(join(tmpdir(), "fastrtc-firefox-"));
  const preferences = {
    "media.navigator.streams.fake": true,
    "media.navigator.permission.disabled": true,
    "datareporting.policy.dataSubmissionEnabled": false,
    "app.update.enabled": false,
    "browser.shell.checkDefaultBrowser": false,
  };
  const lines = Object.entries(preferences).map(
    ([key, value]) => `user_pref(${JSON.stringify(key)}, ${JSON.stringify(value)});`,
  );
  await writeFile(join(profile, "user.js"), lines.join("\n"));
  const browser = spawn(firefox, ["--headless", "--no-remote", "--profile", profile, server.url], { stdio: "ignore" });
  try {
    await reported(server);
  } finally {
    browser.kill();
    await once(browser, "exit");
    await rm(profile, { recursive: true, force: true });
  }
  return output(firefox, ["--version"]);
}

async function runAiortc(server: PassthroughServer): Promise<string> {
  const python = process.env["AIORTC_PYTHON"] ?? "python3";
  await output(python, [join(import.meta.dirname, "aiortc-peer.py"), server.url, String((RECORD_MS + 1500) / 1000)]);
  return `aiortc ${await output(python, ["-c", "import aiortc; print(aiortc.__version__)"])}`;
}

async function reported(server: PassthroughServer): Promise<void> {
  for (const until = performance.now() + 60_000; server.reports.length === 0;) {
    if (performance.now() > until) throw new Error("The page did not report within a minute.");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function output(command: string, args: readonly string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  const [code] = (await once(child, "close")) as [number];
  if (code !== 0) throw new Error(`${command} ended with ${code}.`);
  return text.trim();
}
