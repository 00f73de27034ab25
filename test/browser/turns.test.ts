import { expect, test } from "vitest";
import { type AudioFrame, type ConversationEvent, ReplyOnPause, Stream } from "../../src/index.ts";
import { audioCallUntil, say, startAudioCall, startRecording, stopRecording } from "./audio-call.ts";
import { launchChromium } from "./chromium.ts";
import { PAGE_RATE, sentence, sounds } from "./sentence-and-sounds.ts";

/** 440 Hz for ten seconds. */
const answer = new Int16Array(10 * PAGE_RATE).map(
  (_, index) => 12_000 * Math.sin((2 * Math.PI * 440 * index) / PAGE_RATE),
);

test("a question that is spoken in a browser is answered, and the answer falls silent when somebody speaks over it", async () => {
  const events: ConversationEvent["type"][] = [];
  const asked: AudioFrame[] = [];
  const handler = new ReplyOnPause(
    (audio) => {
      asked.push(audio);
      return [PAGE_RATE, answer];
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
    const [spoken, heard] = [sounds(recording.microphone, 1), sounds(recording.returned, 1)];
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
