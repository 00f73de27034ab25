import { encodeClip } from "../codec/clip.ts";
import { FRAMES_PER_SECOND } from "../codec/picture-encoder.ts";
import { payloadsOf } from "../webrtc/payload-format.ts";
import type { BenchCodec } from "../webrtc/video-format.ts";
import { FrameTicker } from "./frame-ticker.ts";
import { LoadStream } from "./load-stream.ts";
import type { GeneratorReply, GeneratorRequest } from "./messages.ts";
import type { ClipPayloads } from "./sent-stream.ts";

/** The load generator as a process of its own, driven by messages from its parent. */
const CONNECT_TIMEOUT_MS = 15_000;
const FIRST_PICTURE_TIMEOUT_MS = 8000;
/** Streams that connect at the same time. */
const CONNECTING_AT_ONCE = 4;

const ticker = new FrameTicker(FRAMES_PER_SECOND);
const clips = new Map<BenchCodec, ClipPayloads>();
let streams: LoadStream[] = [];
let countedAtMs = 0;
let cpuBefore = process.cpuUsage();
let created = 0;

process.on("message", (request: GeneratorRequest) => {
  handle(request).then(
    (reply) => process.send?.(reply),
    (error: unknown) => process.send?.({ type: "failed", message: String(error) } satisfies GeneratorReply),
  );
});
process.on("disconnect", () => process.exit(0));

async function handle(request: GeneratorRequest): Promise<GeneratorReply> {
  switch (request.type) {
    case "prepare":
      request.codecs.forEach(clipOf);
      return { type: "prepared" };
    case "connect":
      return connect(request);
    case "count":
      return count();
    case "disconnect":
      for (const stream of streams) stream.close();
      ticker.clear();
      streams = [];
      return { type: "disconnected" };
    case "churn":
      return churn(request);
  }
}

async function connect(request: Extract<GeneratorRequest, { type: "connect" }>): Promise<GeneratorReply> {
  const failures: string[] = [];
  let codec: BenchCodec = "h264";
  const wanted = Array.from({ length: request.streams }, (_, index) => {
    const readsPictures = index === 0 || index === request.streams - 1;
    return newStream(request, readsPictures);
  });
  streams.push(...wanted);
  const waiting = [...wanted];
  await inParallel(async () => {
    for (;;) {
      const stream = waiting.shift();
      if (!stream) return;
      try {
        codec = await stream.connect();
        await until(() => stream.isConnected, CONNECT_TIMEOUT_MS);
        ticker.add(stream);
      } catch (error) {
        failures.push(String(error));
      }
    }
  });
  count();
  return { type: "connected", codec, failures };
}

function count(): GeneratorReply {
  const nowMs = performance.now();
  const { user, system } = process.cpuUsage(cpuBefore);
  cpuBefore = process.cpuUsage();
  const elapsedMs = nowMs - countedAtMs;
  countedAtMs = nowMs;
  return {
    type: "counted",
    elapsedMs,
    cpuMs: (user + system) / 1000,
    streams: streams.map((stream) => stream.takeCount()),
  };
}

/** Connects, waits for the first returned picture, disconnects: again and again. */
async function churn(request: Extract<GeneratorRequest, { type: "churn" }>): Promise<GeneratorReply> {
  const failures: string[] = [];
  const firstPictureMs: number[] = [];
  let left = request.cycles;
  await inParallel(async () => {
    while (left-- > 0) {
      const stream = newStream(request, false);
      const startedAtMs = performance.now();
      try {
        const firstPicture = stream.firstPicture(FIRST_PICTURE_TIMEOUT_MS);
        ticker.add(stream);
        await Promise.all([stream.connect(), firstPicture]);
        firstPictureMs.push(performance.now() - startedAtMs);
      } catch (error) {
        failures.push(String(error));
      } finally {
        ticker.remove(stream);
        stream.close();
      }
    }
  });
  return { type: "churned", failures, firstPictureMs };
}

function newStream({ url, codec }: { url: string; codec?: BenchCodec }, readsPictures: boolean): LoadStream {
  const number = ++created;
  return new LoadStream({
    url,
    id: `bench-${process.pid}-${number}`,
    ssrc: 0x10000 + number,
    codec,
    clipOf,
    readsPictures,
  });
}

function clipOf(codec: BenchCodec): ClipPayloads {
  let clip = clips.get(codec);
  if (!clip) {
    clip = encodeClip(codec).map(({ data }) => payloadsOf(codec, data));
    clips.set(codec, clip);
  }
  return clip;
}

async function inParallel(work: () => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: CONNECTING_AT_ONCE }, work));
}

async function until(isTrue: () => boolean, timeoutMs: number): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  while (!isTrue()) {
    if (performance.now() > deadlineMs) throw new Error("A stream did not connect in time.");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
