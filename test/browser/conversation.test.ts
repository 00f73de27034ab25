import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { AudioFrame, type ConversationEvent, ReplyOnPause, Stream } from "../../src/index.ts";
import { parseWav } from "../../src/media/wav.ts";
import { projectFile } from "../support/source-tree.ts";
import { audioCallState, audioCallUntil, say, startAudioCall, startRecording, stopRecording } from "./audio-call.ts";
import { launchChromium } from "./chromium.ts";

const RATE = 48_000;
/** How long a stretch of sound is judged at once. */
const STEP = RATE / 100;
/** The answer is a scale: each note 0.3 s, so that it can be heard where a part of it is missing. */
const NOTE_S = 0.3;
const NOTES = 40;
const noteHertz = (note: number): number => 300 + 25 * note;

/** A scale of 12 s. */
function scale(): Int16Array {
  let phase = 0;
  return new Int16Array(NOTES * NOTE_S * RATE).map((_, index) => {
    phase += (2 * Math.PI * noteHertz(Math.floor(index / (NOTE_S * RATE)))) / RATE;
    return 12_000 * Math.sin(phase);
  });
}

/** What is said: two seconds of a sentence, and of it a word. */
function speech(): { readonly sentence: AudioFrame; readonly word: AudioFrame } {
  const { samples, sampleRate } = parseWav(readFileSync(projectFile("test/speech/reference/speech-and-noise.wav")));
  // Where its windows of 32 ms say that the second speaker speaks.
  const [from, to] = [Math.round((72 / 349) * samples.length), Math.round((141 / 349) * samples.length)];
  const sentence = samples.slice(from, to);
  const frameOf = (said: typeof samples): AudioFrame => new AudioFrame({ samples: said, sampleRate });
  return { sentence: frameOf(sentence), word: frameOf(sentence.slice(0, 0.3 * sampleRate)) };
}

/** Stretches of sound in seconds; what is silent for less than `gap` belongs to one. */
function sounds(samples: readonly number[], gap: number): { from: number; to: number }[] {
  const stretches: { from: number; to: number }[] = [];
  for (let start = 0; start + STEP <= samples.length; start += STEP) {
    if (Math.max(...samples.slice(start, start + STEP).map(Math.abs)) < 0.02) continue;
    const [from, to] = [start / RATE, (start + STEP) / RATE];
    const last = stretches.at(-1);
    if (last && from - last.to < gap) last.to = to;
    else stretches.push({ from, to });
  }
  return stretches;
}

/** The notes that are heard in a recording, in their order: those that two stretches of 50 ms in a row have. */
function notesIn(samples: readonly number[]): number[] {
  const length = RATE / 20;
  const notes: number[] = [];
  let before: number | undefined;
  for (let start = 0; start + length <= samples.length; start += length) {
    const stretch = samples.slice(start, start + length);
    const crossings = stretch.filter((sample, index) => sample >= 0 && (stretch[index - 1] ?? 0) < 0).length;
    const isLoud = Math.max(...stretch.map(Math.abs)) > 0.1;
    const first = stretch.findIndex((sample, index) => sample >= 0 && (stretch[index - 1] ?? 0) < 0);
    const last = stretch.findLastIndex((sample, index) => sample >= 0 && (stretch[index - 1] ?? 0) < 0);
    const hertz = last > first ? ((crossings - 1) * RATE) / (last - first) : 0;
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
      const { sentence, word: agreement } = speech();
      await say(page, sentence);
      await audioCallUntil(page, ({ heardSeconds }) => heardSeconds > 2.5);
      await say(page, agreement);
      await expect.poll(() => events).toContain("reply-resume");
      const { heardSeconds: heldSeconds } = await audioCallState(page);
      await audioCallUntil(page, ({ heardSeconds }) => heardSeconds > heldSeconds + 2);
      await say(page, sentence);
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
      const notes = notesIn(recording.returned.slice(0, Math.round(interruption.to * RATE)));
      expect(notes.length).toBeGreaterThan(10);
      expect(notes).toEqual(notes.map((_, index) => index));
      expect(first.at(-1)?.to).toBeLessThan(interruption.to);
    } finally {
      await chromium[Symbol.asyncDispose]();
      await server.close();
    }
  },
);
