import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { AudioFrame } from "../../src/media/audio-frame.ts";
import { parseWav } from "../../src/media/wav.ts";
import { Stream } from "../../src/stream.ts";
import { connectPeer } from "../../src/testing/connect-peer.ts";
import { ReplyOnPause } from "../../src/turns/reply-on-pause.ts";
import { projectFile } from "../support/source-tree.ts";

/** Sentences of espeak-ng between noise and silence, and then two seconds of silence. */
function speech(): AudioFrame {
  const wav = parseWav(readFileSync(projectFile("test/speech/reference/speech-and-noise.wav")));
  const samples = new Int16Array(wav.samples.length + 2 * wav.sampleRate);
  samples.set(wav.toInt16());
  return new AudioFrame({ samples, sampleRate: wav.sampleRate });
}

/** What Silero's own ONNX file says of each window of 32 ms. */
function probabilities(): readonly number[] {
  return JSON.parse(readFileSync(projectFile("test/speech/reference/probabilities.json"), "utf8")) as number[];
}

test("with all defaults, speech is heard as turns: each is answered soon after its last word, with all of it", async () => {
  const turns: { readonly atMs: number; readonly startMs: number }[] = [];
  const handler = new ReplyOnPause((audio) => {
    turns.push({ atMs: peer.connectedMs, startMs: peer.connectedMs - audio.durationMs });
    return null;
  });
  await using peer = await connectPeer(new Stream({ handler, modality: "audio" }));
  await peer.sendAudio(speech());
  const isSpeech = (ms: number): boolean => (probabilities()[Math.floor(ms / 32)] ?? 0) >= 0.5;
  for (const { atMs, startMs } of turns) {
    let silentMs = 0;
    while (silentMs < 2000 && !isSpeech(atMs - silentMs)) silentMs += 16;
    expect([silentMs >= 100, silentMs <= 750]).toEqual([true, true]);
    expect(isSpeech(startMs)).toBe(false);
  }
  // Every second of speech belongs to a turn.
  const spoken = probabilities().flatMap((probability, window) => (probability >= 0.5 ? [window * 32] : []));
  const unheard = spoken.filter((ms) => !turns.some(({ atMs, startMs }) => ms >= startMs - 32 && ms <= atMs));
  expect({ turns: turns.length > 1, unheardMs: unheard.length * 32 }).toEqual({ turns: true, unheardMs: 0 });
});
