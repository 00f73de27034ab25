import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { AudioFrame, type ConversationEvent, ReplyOnPause, Stream } from "../../src/index.ts";
import { parseWav } from "../../src/media/wav.ts";
import { projectFile } from "../support/source-tree.ts";
import { audioCallUntil, say, startAudioCall, startRecording, stopRecording } from "./audio-call.ts";
import { launchChromium } from "./chromium.ts";

const RATE = 48_000;
/** How long a stretch of sound is judged at once. */
const STEP = RATE / 100;

/** A sentence of the reference speech, two seconds of it. */
function sentence(): AudioFrame {
  const { samples, sampleRate } = parseWav(readFileSync(projectFile("test/speech/reference/speech-and-noise.wav")));
  // Where its windows of 32 ms say that the second speaker speaks.
  const [from, to] = [Math.round((72 / 349) * samples.length), Math.round((141 / 349) * samples.length)];
  return new AudioFrame({ samples: samples.slice(from, to), sampleRate });
}

/** 440 Hz for ten seconds. */
const answer = new Int16Array(10 * RATE).map((_, index) => 12_000 * Math.sin((2 * Math.PI * 440 * index) / RATE));

/** Stretches of sound in seconds; what is silent for less than 0.3 s belongs to one. */
function sounds(samples: readonly number[]): readonly { readonly from: number; readonly to: number }[] {
  const stretches: { from: number; to: number }[] = [];
  for (let start = 0; start + STEP <= samples.length; start += STEP) {
    if (Math.max(...samples.slice(start, start + STEP).map(Math.abs)) < 0.02) continue;
    const [from, to] = [start / RATE, (start + STEP) / RATE];
    const last = stretches.at(-1);
    if (last && from - last.to < 0.3) last.to = to;
    else stretches.push({ from, to });
  }
  return stretches;
}

test("a question that is spoken in a browser is answered, and the answer falls silent when somebody speaks over it", async () => {
  const events: ConversationEvent["type"][] = [];
  const asked: AudioFrame[] = [];
  const handler = new ReplyOnPause(
    (audio) => {
      asked.push(audio);
      return [RATE, answer];
    },
    { onEvent: ({ type }) => events.push(type) },
  );
  const stream = new Stream({ handler, modality: "audio" });
  const server = await stream.ui.launch({ port: 0, printUrl: false, handleSignals: false });
  const args = ["--autoplay-policy=no-user-gesture-required"];
  const chromium = await launchChromium({ args });
  try {
    const page = await chromium.browser.newPage();
    await page.goto(`${server.url}/healthz`);
    await startAudioCall(page, { saying: true });
    await audioCallUntil(page, ({ packetsReceived }) => packetsReceived > 0);
    await startRecording(page);
    await say(page, sentence());
    await audioCallUntil(page, ({ heardSeconds }) => heardSeconds > 1.5);
    await say(page, sentence());
    await expect.poll(() => events).toContain("reply-cancel");
    const recording = await stopRecording(page);
    const [spoken, heard] = [sounds(recording.microphone), sounds(recording.returned)];
    // Some speech began while a reply had sounded for more than a second; that reply ended before the speech did.
    const interruption = spoken.find(({ from }) => heard.some((reply) => reply.from + 1 < from && from < reply.to));
    const reply = heard.find(({ from, to }) => interruption && from < interruption.from && interruption.from < to);
    expect({ spoken, heard, interruption, reply }).toEqual({
      spoken,
      heard,
      interruption: expect.anything(),
      reply: expect.anything(),
    });
    if (process.env["TURNS_FIGURES"]) console.log(JSON.stringify({ spoken, heard, interruption, reply, events }));
    expect(reply?.to).toBeLessThan(interruption?.to ?? 0);
    expect(events.slice(0, 5)).toEqual(["turn-start", "turn-end", "reply-start", "reply-hold", "reply-cancel"]);
    expect(asked[0]?.durationMs).toBeGreaterThan(1500);
  } finally {
    await chromium[Symbol.asyncDispose]();
    await server.close();
  }
});
