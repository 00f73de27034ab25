// Listens to many voices at once with Silero VAD, in real time, and prints what that costs as JSON. Takes the number of voices and
// the seconds as its arguments.
import { readFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { getSileroModel } from "fastrtc";
import type { VoicesResult } from "../parts/voices.ts";

const WINDOW_MS = 32;
const WARM_UP_MS = 1000;
/** Bytes before the samples of the WAV file: 16 bits, 16 kHz, one channel. */
const HEADER_BYTES = 44;

const [voices = 100, seconds = 10] = process.argv.slice(2).map(Number);
const file = readFileSync(new URL("../../test/speech/reference/speech-and-noise.wav", import.meta.url));
const recording = new Int16Array(file.buffer.slice(file.byteOffset + HEADER_BYTES));
const samples = Float32Array.from(recording, (sample) => sample / 32_768);

const detector = getSileroModel();
// Each voice is at another place of the recording, and its windows come at another time.
const speakers = Array.from({ length: voices }, (_, index) => ({
  stream: detector.createStream(),
  at: Math.floor((index * samples.length) / voices),
  dueMs: (index * WINDOW_MS) / voices,
}));

const delay = monitorEventLoopDelay({ resolution: 1 });
let windows = 0;
let longestMs = 0;
let spoken = 0;

function listen(nowMs: number): void {
  for (const speaker of speakers) {
    for (; speaker.dueMs <= nowMs; speaker.dueMs += WINDOW_MS) {
      if (speaker.at + detector.windowSamples > samples.length) speaker.at = 0;
      const startMs = performance.now();
      const probability = speaker.stream.push(samples.subarray(speaker.at, speaker.at + detector.windowSamples));
      longestMs = Math.max(longestMs, performance.now() - startMs);
      speaker.at += detector.windowSamples;
      windows += 1;
      if (probability >= 0.5) spoken += 1;
    }
  }
}

/** What the same number of wake-ups costs without anything to do. */
async function run(work: (nowMs: number) => void, durationMs: number): Promise<number> {
  const before = process.cpuUsage();
  const startMs = performance.now();
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const elapsedMs = performance.now() - startMs;
      work(elapsedMs);
      if (elapsedMs < durationMs) return;
      clearInterval(timer);
      resolve();
    }, 4);
  });
  const { user, system } = process.cpuUsage(before);
  return (user + system) / durationMs;
}

await run(listen, WARM_UP_MS);
for (const speaker of speakers) speaker.dueMs -= WARM_UP_MS;
const idle = await run(() => {}, 2000);
windows = 0;
spoken = 0;
longestMs = 0;
delay.enable();
const busy = await run(listen, seconds * 1000);
delay.disable();
const result: VoicesResult = {
  voices,
  cpuMsPerSecond: busy - idle,
  cpuUsPerWindow: ((busy - idle) * seconds * 1000) / windows,
  longestWindowMs: longestMs,
  loopDelayP99Ms: delay.percentile(99) / 1e6,
  speechShare: spoken / windows,
};
console.log(JSON.stringify(result));
