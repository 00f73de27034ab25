import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onnxFile } from "./onnx-file.ts";

/** How many samples the model makes of a symbol at speed 1: 10 ms. */
export const SAMPLES_PER_SYMBOL = 240;

/** The padding at both ends, the unknown, and what the phonemes of English are made of. */
const SYMBOLS = ["$", "?", ...'abcdefghijklmnoprstuvwxyzæðŋɐɑɒɔəɚɛɜɡɪɹɾʃʊʌʒʔˈˌːθᵊᵻ ,.!"'];

/**
 * Writes a model of Kokoro's shape into a folder, as its repository on huggingface.co lies there: each symbol of the pronunciation becomes
 * 10 ms of a wave as high as its place in the vocabulary, shorter at a higher speed.
 */
export function writeTinyKokoro(folder: string): void {
  const json = (name: string, content: unknown): void => writeFileSync(join(folder, name), JSON.stringify(content));
  mkdirSync(join(folder, "onnx"), { recursive: true });
  json("config.json", { model_type: "style_text_to_speech_2" });
  json("tokenizer_config.json", {
    tokenizer_class: "PreTrainedTokenizer",
    model_max_length: 512,
    pad_token: "$",
    unk_token: "?",
  });
  json("tokenizer.json", {
    version: "1.0",
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: "Split", pattern: { Regex: "" }, behavior: "Isolated", invert: false },
    post_processor: {
      type: "TemplateProcessing",
      single: [
        { SpecialToken: { id: "$", type_id: 0 } },
        { Sequence: { id: "A", type_id: 0 } },
        { SpecialToken: { id: "$", type_id: 0 } },
      ],
      pair: [],
      special_tokens: { $: { id: "$", ids: [0], tokens: ["$"] } },
    },
    decoder: null,
    model: {
      type: "BPE",
      unk_token: "?",
      vocab: Object.fromEntries(SYMBOLS.map((symbol, id) => [symbol, id])),
      merges: [],
    },
  });
  const wave = Array.from({ length: SAMPLES_PER_SYMBOL }, (_, at) =>
    Math.sin((20 * Math.PI * at) / SAMPLES_PER_SYMBOL),
  );
  writeFileSync(
    join(folder, "onnx/model.onnx"),
    onnxFile({
      inputs: [
        { name: "input_ids", shape: [1, "length"], type: "int64" },
        { name: "style", shape: [1, 256] },
        { name: "speed", shape: [1] },
      ],
      outputs: [{ name: "waveform", shape: ["samples"] }],
      constants: [
        { name: "wave", shape: [1, SAMPLES_PER_SYMBOL], values: wave },
        { name: "loudness", shape: [1], values: [0.5 / SYMBOLS.length] },
        { name: "flat", shape: [1], values: [-1], type: "int64" },
        { name: "start", shape: [1], values: [0], type: "int64" },
      ],
      operations: [
        { type: "Cast", inputs: ["input_ids"], outputs: ["numbers"], attributes: { to: 1 } },
        { type: "Transpose", inputs: ["numbers"], outputs: ["column"], attributes: { perm: [1, 0] } },
        { type: "Mul", inputs: ["column", "loudness"], outputs: ["amplitudes"] },
        { type: "MatMul", inputs: ["amplitudes", "wave"], outputs: ["waves"] },
        { type: "Reshape", inputs: ["waves", "flat"], outputs: ["whole"] },
        // At a higher speed only its beginning is kept: length / speed samples.
        { type: "Shape", inputs: ["whole"], outputs: ["size"] },
        { type: "Cast", inputs: ["size"], outputs: ["sizeNumber"], attributes: { to: 1 } },
        { type: "Div", inputs: ["sizeNumber", "speed"], outputs: ["wanted"] },
        { type: "Cast", inputs: ["wanted"], outputs: ["end"], attributes: { to: 7 } },
        { type: "Slice", inputs: ["whole", "start", "end"], outputs: ["waveform"] },
      ],
    }),
  );
}
