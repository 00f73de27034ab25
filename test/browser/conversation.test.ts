import { expect, test } from "vitest";
import { AudioFrame, type ConversationEvent, ReplyOnPause, Stream } from "../../src/index.ts";
import { audioCallState, audioCallUntil, say, startAudioCall, startRecording, stopRecording } from "./audio-call.ts";
import { launchChromium } from "./chromium.ts";
import { PAGE_RATE, sentence, sounds } from "./sentence-and-sounds.ts";

/** The answer is a scale: each note 0.3 s, so that it can be heard where a part of it is missing. */
const NOTE_S = 0.3;
const NOTES = 40;
const noteHertz = (note: number): number => 300 + 25 * note;

/** A scale of 12 s. */
function scale(): Int16Array {
  let phase = 0;
  return new Int16Array(NOTES * NOTE_S * PAGE_RATE).map((_, index) => {
    phase += (2 * Math.PI * noteHertz(Math.floor(index / (NOTE_S * PAGE_RATE)))) / PAGE_RATE;
    return 12_000 * Math.sin(phase);
  });
}

/** The first 0.3 s of a sentence, which is no more than a word of agreement. */
function wordOf({ samples, sampleRate }: AudioFrame): AudioFrame {
  return new AudioFrame({ samples: samples.slice(0, 0.3 * sampleRate), sampleRate });
}

/** The notes that are heard in a recording, in their order: those that two stretches of 50 ms in a row have. */
function notesIn(samples: readonly number[]): number[] {
  const length = PAGE_RATE / 20;
  const notes: number[] = [];
  let before: number | undefined;
  for (let start = 0; start + length <= samples.length; start += length) {
    const stretch = samples.slice(start, start + length);
    const crossings = stretch.filter((sample, index) => sample >= 0 && (stretch[index - 1] ?? 0) < 0).length;
    const isLoud = Math.max(...stretch.map(Math.abs)) > 0.1;
    const first = stretch.findIndex((sample, index) => sample >= 0 && (stretch[index - 1] ?? 0) < 0);
    const last = stretch.findLastIndex((sample, index) => sample >= 0 && (stretch[index - 1] ?? 0) < 0);
    const hertz = last > first ? ((crossings - 1) * PAGE_RATE) / (last - first) : 0;
    const note = isLoud ? Math.round((hertz - noteHertz(0)) / (noteHertz(1) - noteHertz(0))) + 0 : undefined;
    if (note !== undefined && note === before && note !== notes.at(-1)) notes.push(note);
    before = note;
  }
  return notes;
}

test(
  "a conversation in a browser: the answer goes on after a word of agreement without losing a note, and gives way to an interruption",
  {
    timeout: 180_000,
  },
  async () => {
    const events: ConversationEvent["type"][] = [];
    const asked: number[] = [];
    const answer = scale();
    const handler = new ReplyOnPause(
      (audio) => {
        asked.push(audio.durationMs);
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
      const said = sentence();
      await say(page, said);
      await audioCallUntil(page, ({ heardSeconds }) => heardSeconds > 2.5);
      await say(page, wordOf(said));
      await expect.poll(() => events).toContain("reply-resume");
      const { heardSeconds: heldSeconds } = await audioCallState(page);
      await audioCallUntil(page, ({ heardSeconds }) => heardSeconds > heldSeconds + 2);
      await say(page, said);
      await expect.poll(() => events).toContain("reply-cancel");
      const recording = await stopRecording(page);
      const spoken = sounds(recording.microphone, 1);
      const heard = sounds(recording.returned, 0.06);
      const [question, word, interruption] = spoken;
      if (process.env["TURNS_FIGURES"]) console.log(JSON.stringify({ spoken, heard, events, asked }));
      if (!question || !word || !interruption)
        throw new Error(`Not all was spoken: ${JSON.stringify({ spoken, heard })}`);
      expect(events.slice(0, 6)).toEqual([
        "turn-start",
        "turn-end",
        "reply-start",
        "reply-hold",
        "reply-resume",
        "reply-hold",
      ]);
      expect(events[6]).toBe("reply-cancel");
      expect(asked[0]).toBeGreaterThan(1500);
      const first = heard.filter(({ from }) => from > question.from && from < interruption.to);
      const silences = first.slice(1).map(({ from }, index) => ({ from: first[index]?.to ?? 0, to: from }));
      const held = silences.find(({ from }) => from > word.from && from < interruption.from);
      expect({ silences, held, spoken, heard }).toEqual({ silences, held: expect.anything(), spoken, heard });
      expect(held?.to).toBeLessThan(interruption.from);
      // What is heard before the interruption has ended is the first answer: a scale without a gap. How soon it ends is shown in
      // simulated time by `turns/barge-in-transports.test.ts`.
      const notes = notesIn(recording.returned.slice(0, Math.round(interruption.to * PAGE_RATE)));
      expect(notes.length).toBeGreaterThan(10);
      expect(notes).toEqual(notes.map((_, index) => index));
      expect(first.at(-1)?.to).toBeLessThan(interruption.to);
    } finally {
      await chromium[Symbol.asyncDispose]();
      await server.close();
    }
  },
);
