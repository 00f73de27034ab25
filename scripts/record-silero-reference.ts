/**
 * Makes `test/speech/reference/`: speech of espeak-ng between noise and silence, and what onnxruntime says that Silero VAD v5
 * answers to it. Run it again only for another version of the model; it needs espeak-ng, and the ONNX file of
 * `npm pack @ricky0123/vad-web@0.0.31`:
 *
 *     npx tsx scripts/record-silero-reference.ts package/dist/silero_vad_v5.onnx
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import * as onnx from "onnxruntime-node";
import { AudioFrame } from "../src/media/audio-frame.ts";
import { Resampler } from "../src/media/resampler.ts";
import { parseWav, writeWav } from "../src/media/wav.ts";
import { projectPath } from "./project.ts";

const RATE = 16_000;
const WINDOW = 512;
const CONTEXT = 64;

/** What is said, by whom, how loud, how loud the noise behind it, and the seconds of it before the words. */
const PARTS = [
  { text: "", voice: "", gain: 0, noise: 0.003, pauseS: 1 },
  {
    text: "Good morning. I would like to know whether my train is late.",
    voice: "en-us+f3",
    gain: 1,
    noise: 0.003,
    pauseS: 0.4,
  },
  { text: "Hm, wait a moment.", voice: "en-gb", gain: 0.3, noise: 0.01, pauseS: 0.8 },
  { text: "", voice: "", gain: 0, noise: 0.05, pauseS: 1 },
  { text: "Wo ist denn hier der Bahnhof?", voice: "de", gain: 0.6, noise: 0.02, pauseS: 0.1 },
  { text: "", voice: "", gain: 0, noise: 0, pauseS: 1 },
];

let seed = 1;
/** Noise from -1 to 1 that is the same each time (a linear congruence). */
function noise(): number {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 31 - 1;
}

function speech(text: string, voice: string): Float32Array {
  if (text === "") return new Float32Array(0);
  const spoken = parseWav(execFileSync("espeak-ng", ["-v", voice, "--stdout", text]));
  return new Resampler({ inputRate: spoken.sampleRate, outputRate: RATE }).push(spoken.toFloat32());
}

const sound = PARTS.flatMap(({ text, voice, gain, noise: noiseGain, pauseS }) => {
  const said = speech(text, voice);
  const length = Math.round(pauseS * RATE) + said.length;
  return Array.from({ length }, (_, index) => {
    const sample = said[index - (length - said.length)] ?? 0;
    return 0.6 * gain * sample + noiseGain * noise();
  });
});
const samples = new AudioFrame({ samples: Float32Array.from(sound), sampleRate: RATE }).toInt16();
const frame = new AudioFrame({ samples, sampleRate: RATE });
writeFileSync(projectPath("test/speech/reference/speech-and-noise.wav"), writeWav(frame));

const [modelPath] = process.argv.slice(2);
if (modelPath === undefined) throw new Error("Say where the ONNX file is: scripts/record-silero-reference.ts <path>");
const session = await onnx.InferenceSession.create(modelPath);
const sr = new onnx.Tensor("int64", [BigInt(RATE)], []);
let state = new onnx.Tensor("float32", new Float32Array(256), [2, 1, 128]);
const heard = new Float32Array(CONTEXT + frame.length);
heard.set(frame.toFloat32(), CONTEXT);
const probabilities: number[] = [];
for (let start = 0; start + CONTEXT + WINDOW <= heard.length; start += WINDOW) {
  const input = new onnx.Tensor("float32", heard.slice(start, start + CONTEXT + WINDOW), [1, CONTEXT + WINDOW]);
  const { output, stateN } = await session.run({ input, state, sr });
  state = stateN as typeof state;
  probabilities.push(Number(output?.data[0]));
}
writeFileSync(projectPath("test/speech/reference/probabilities.json"), `${JSON.stringify(probabilities)}\n`);
