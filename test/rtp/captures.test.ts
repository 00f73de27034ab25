import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { VideoDecoder } from "../../src/codecs/video-decoder.ts";
import { FramePool } from "../../src/media/frame-pool.ts";
import { demultiplex } from "../../src/rtp/demultiplex.ts";
import { HeaderExtensionMap } from "../../src/rtp/header-extensions.ts";
import { parseRtpPacket, type RtpPacket } from "../../src/rtp/packet.ts";
import { RoundTripTime } from "../../src/rtp/round-trip-time.ts";
import { parseRtcp, type RtcpPacket } from "../../src/rtp/rtcp/compound.ts";
import type { VideoCodecName } from "../../src/rtp/video-codec.ts";
import { type ReceivedVideoFrame, VideoReceiveStream } from "../../src/rtp/video-receive-stream.ts";
import { fromHex } from "./support/hex.ts";

interface CaptureHeader {
  readonly lossless: boolean;
  readonly streams: readonly CapturedStream[];
}

interface CapturedStream {
  readonly kind: "audio" | "video";
  readonly ssrc: number;
  readonly rtxSsrc?: number;
  readonly payloadTypes: Readonly<Record<string, string>>;
  readonly extmap: Readonly<Record<string, string>>;
  readonly mid?: string;
}

type Datagram = { readonly atMs: number } & (
  | { readonly rtp: RtpPacket; readonly rtcp?: undefined }
  | { readonly rtp?: undefined; readonly rtcp: readonly RtcpPacket[] }
);

const FOLDER = new URL("../captures/", import.meta.url);

/** Every line as the parsers read it; a line that they refuse fails the test. */
function readCapture(name: string): { header: CaptureHeader; datagrams: Datagram[] } {
  const [first = "", ...lines] = readFileSync(new URL(name, FOLDER), "utf8").trimEnd().split("\n");
  const datagrams = lines.map((line, index): Datagram => {
    const { t, hex } = JSON.parse(line) as { t: number; hex: string };
    const bytes = fromHex(hex);
    const kind = demultiplex(bytes);
    const rtp = kind === "rtp" ? parseRtpPacket(bytes) : undefined;
    if (rtp) return { atMs: t, rtp };
    const rtcp = kind === "rtcp" ? parseRtcp(bytes) : undefined;
    if (rtcp) return { atMs: t, rtcp };
    throw new Error(`${name}, packet ${index}: neither RTP nor RTCP`);
  });
  return { header: JSON.parse(first) as CaptureHeader, datagrams };
}

function openStream(stream: CapturedStream): VideoReceiveStream {
  const types = Object.entries(stream.payloadTypes).map(([type, codec]) => [Number(type), codec] as const);
  const [mediaType] = types.find(([, codec]) => codec !== "rtx") ?? [-1];
  return new VideoReceiveStream({
    ssrc: stream.ssrc,
    localSsrc: 1,
    codecs: new Map(types.filter((entry): entry is [number, VideoCodecName] => /^(H264|VP8)$/.test(entry[1]))),
    rtxPayloadTypes: new Map(types.filter(([, codec]) => codec === "rtx").map(([type]) => [type, mediaType])),
    extensions: extensionsOf(stream),
    feedback: { nack: true, pli: true, fir: true, remb: true },
    roundTripTime: new RoundTripTime(),
  });
}

function extensionsOf({ extmap }: CapturedStream): HeaderExtensionMap {
  return new HeaderExtensionMap(Object.entries(extmap).map(([id, uri]) => [Number(id), uri]));
}

/** Plays a capture into a receiving stream, its timer ringing in between. */
function replay(stream: CapturedStream, datagrams: readonly Datagram[]) {
  const receiving = openStream(stream);
  const frames: ReceivedVideoFrame[] = [];
  for (const { atMs, rtp, rtcp } of datagrams) {
    for (let dueMs = receiving.nextTimerMs; dueMs !== undefined && dueMs < atMs; dueMs = receiving.nextTimerMs) {
      receiving.handleTimer(dueMs);
    }
    for (const packet of rtcp ?? []) receiving.handleRtcp(packet, atMs);
    if (rtp && (rtp.ssrc === stream.ssrc || rtp.ssrc === stream.rtxSsrc)) {
      frames.push(...receiving.handlePacket(rtp, atMs));
    }
  }
  return { receiving, frames };
}

const names = readdirSync(FOLDER).filter((name) => name.endsWith(".jsonl"));

it("there are captures of browsers", () => {
  expect(names.join(" ")).toMatch(/chromium.*firefox/);
});

describe.each(names)("%s", { timeout: 30_000 }, (name) => {
  const { header, datagrams } = readCapture(name);
  const video = header.streams.filter(({ kind }) => kind === "video");

  it("yields every frame, beginning with a keyframe and in order", () => {
    expect(video.length).toBeGreaterThan(0);
    for (const stream of video) {
      const { receiving, frames } = replay(stream, datagrams);
      const media = datagrams.filter(({ rtp }) => rtp?.ssrc === stream.ssrc && rtp.payload.length > 0);
      const sentFrames = new Set(media.map(({ rtp }) => rtp?.timestamp)).size;
      const complete = media.at(-1)?.rtp?.marker === true ? sentFrames : sentFrames - 1;
      expect(frames.length).toBe(complete);
      expect(frames[0]?.keyframe).toBe(true);
      expect(frames.map(({ rtpTimestamp }) => rtpTimestamp)).toEqual(
        frames.map(({ rtpTimestamp }) => rtpTimestamp).toSorted((a, b) => a - b),
      );
      expect(receiving.snapshot()).toMatchObject({ droppedFrameCount: 0, keyframeRequestCount: 0 });
      expect(receiving.snapshot().cumulativeLost === 0).toBe(header.lossless);
    }
  });

  it("yields frames that decode to pictures, one each", async () => {
    for (const stream of video) {
      const { frames } = replay(stream, datagrams);
      await using decoder = await VideoDecoder.create({ codec: frames[0]?.codec ?? "VP8", pool: new FramePool() });
      let pictures = 0;
      for (const frame of frames) {
        const decoded = await decoder.decode(frame);
        expect(decoded.keyframeNeeded).toBe(false);
        pictures += decoded.frames.length;
        for (const picture of decoded.frames) picture.release();
      }
      expect(pictures).toBe(frames.length);
    }
  });

  it("has header extensions that can be read in every packet that should have them", () => {
    for (const stream of header.streams) {
      const extensions = extensionsOf(stream);
      const packets = datagrams.flatMap(({ rtp }) => (rtp?.ssrc === stream.ssrc ? [rtp] : []));
      expect(packets.length).toBeGreaterThan(10);
      const sentTimes = packets.filter((packet) => extensions.read(packet, "absSendTime") !== undefined);
      expect(sentTimes).toHaveLength(extensions.idOf("absSendTime") === undefined ? 0 : packets.length);
      const mids = new Set(packets.map((packet) => extensions.read(packet, "mid")));
      mids.delete(undefined);
      expect([...mids]).toEqual(mids.size === 0 ? [] : [stream.mid]);
    }
  });

  it("has RTCP about its streams that can be read", () => {
    const reports = datagrams.flatMap(({ rtcp }) => rtcp ?? []).filter(({ type }) => type === "sender-report");
    expect(reports.length).toBeGreaterThan(0);
    const known = header.streams.flatMap(({ ssrc, rtxSsrc }) => [ssrc, rtxSsrc]);
    for (const report of reports) expect(known).toContain(report.type === "sender-report" ? report.ssrc : undefined);
  });
});
