import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { AudioFrame, type ConversationEvent, ReplyOnPause, Stream } from "../../src/index.ts";
import { parseWav, writeWav } from "../../src/media/wav.ts";
import { projectFile } from "../support/source-tree.ts";
import { audioCallState, record, startAudioCall } from "./audio-call.ts";
import { launchChromium } from "./chromium.ts";

const RATE = 48_000;
/** How long a stretch of sound is judged at once. */
const STEP = RATE / 100;
/** The answer is a scale: each note 0.3 s, so that it can be heard where a part of it is missing. */
const NOTE_S = 0.3;
const NOTES = 40;
const noteHertz = (note: number): number => 300 + 25 * note;

/** What is promised, and what the browser adds: what it keeps against jitter, by its own word, and its microphone and loudspeaker. */
const ONSET_TO_SILENCE_MS = 250;
const AROUND_THE_NETWORK_MS = 150;

/** A scale of 12 s. */
function scale(): Int16Array {
  let phase = 0;
  return new Int16Array(NOTES * NOTE_S * RATE).map((_, index) => {
    phase += (2 * Math.PI * noteHertz(Math.floor(index / (NOTE_S * RATE)))) / RATE;
    return 12_000 * Math.sin(phase);
  });
}

/** What the microphone hears, once: a question, over its answer a word of agreement, and later an interruption. */
function microphone(): Uint8Array {
  const { samples, sampleRate } = parseWav(readFileSync(projectFile("test/speech/reference/speech-and-noise.wav")));
  const all = new AudioFrame({ samples, sampleRate }).toInt16();
  // Where its windows of 32 ms say that the second speaker speaks.
  const at = (window: number): number => Math.round((window / 349) * all.length);
  const said = all.slice(at(72), at(141));
  const word = said.slice(0, 0.3 * sampleRate);
  const silence = (seconds: number): Int16Array => new Int16Array(seconds * sampleRate);
  const parts = [silence(5), said, silence(3.5), word, silence(2), said, silence(2)];
  return writeWav(new AudioFrame({ samples: Int16Array.from(parts.flatMap((part) => [...part])), sampleRate }));
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
    const folder = mkdtempSync(join(tmpdir(), "fastrtc-conversation-"));
    const microphoneFile = join(folder, "microphone.wav");
    writeFileSync(microphoneFile, microphone());
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
    const chromium = await launchChromium({ microphoneFile: `${microphoneFile}%noloop`, args });
    try {
      const page = await chromium.browser.newPage();
      await page.goto(`${server.url}/healthz`);
      await startAudioCall(page);
      const recording = await record(page, 16);
      const spoken = sounds(recording.microphone, 1);
      const heard = sounds(recording.returned, 0.06);
      const { jitterBufferMs } = await audioCallState(page);
      const [question, word, interruption] = spoken;
      if (process.env["TURNS_FIGURES"]) console.log(JSON.stringify({ spoken, heard, jitterBufferMs, events, asked }));
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
      // What is heard before the interruption has ended is the first answer: a scale without a gap.
      const notes = notesIn(recording.returned.slice(0, Math.round(interruption.to * RATE)));
      expect(notes.length).toBeGreaterThan(10);
      expect(notes).toEqual(notes.map((_, index) => index));
      expect(first.at(-1)?.to).toBeLessThan(interruption.to);
      const onsetToSilenceMs = ((first.at(-1)?.to ?? Infinity) - interruption.from) * 1000;
      expect(onsetToSilenceMs).toBeLessThan(ONSET_TO_SILENCE_MS + jitterBufferMs + AROUND_THE_NETWORK_MS);
    } finally {
      await chromium[Symbol.asyncDispose]();
      await server.close();
      rmSync(folder, { recursive: true });
    }
  },
);
