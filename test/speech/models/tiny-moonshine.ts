import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onnxFile } from "./onnx-file.ts";

/** What the model can say. The first three are the unknown word, the beginning and the end, as in Moonshine's own vocabulary. */
const WORDS = ["<unk>", "<s>", "</s>", "▁it", "▁was", "▁loud", "▁quiet"];
const [BEGIN, END, IT, WAS, LOUD, QUIET] = [1, 2, 3, 4, 5, 6] as const;

/**
 * Writes a model of Moonshine's shape into a folder, as its repository on huggingface.co lies there: an encoder of samples, a decoder
 * that is asked word by word, a vocabulary. It says "it was loud" when a sample lies beyond a half, "it was quiet" otherwise.
 */
export function writeTinyMoonshine(folder: string): void {
  const json = (name: string, content: unknown): void => writeFileSync(join(folder, name), JSON.stringify(content));
  mkdirSync(join(folder, "onnx"), { recursive: true });
  json("config.json", {
    model_type: "moonshine",
    architectures: ["MoonshineForConditionalGeneration"],
    is_encoder_decoder: true,
    bos_token_id: BEGIN,
    eos_token_id: END,
    decoder_start_token_id: BEGIN,
    vocab_size: WORDS.length,
    hidden_size: 8,
    encoder_num_hidden_layers: 1,
    encoder_num_attention_heads: 1,
    encoder_num_key_value_heads: 1,
    decoder_num_hidden_layers: 1,
    decoder_num_attention_heads: 1,
    decoder_num_key_value_heads: 1,
    max_position_embeddings: 194,
  });
  json("generation_config.json", { bos_token_id: BEGIN, eos_token_id: END, decoder_start_token_id: BEGIN });
  json("preprocessor_config.json", {
    feature_extractor_type: "Wav2Vec2FeatureExtractor",
    processor_class: "MoonshineProcessor",
    sampling_rate: 16_000,
    feature_size: 1,
    do_normalize: false,
    return_attention_mask: false,
    padding_value: 0,
  });
  json("tokenizer_config.json", {
    tokenizer_class: "PreTrainedTokenizerFast",
    bos_token: "<s>",
    eos_token: "</s>",
    unk_token: "<unk>",
  });
  json("tokenizer.json", {
    version: "1.0",
    added_tokens: WORDS.slice(0, 3).map((content, id) => ({ id, content, special: true, normalized: false })),
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    decoder: {
      type: "Sequence",
      decoders: [
        { type: "Replace", pattern: { String: "▁" }, content: " " },
        { type: "Fuse" },
        { type: "Strip", content: " ", start: 1, stop: 0 },
      ],
    },
    model: {
      type: "BPE",
      unk_token: "<unk>",
      vocab: Object.fromEntries(WORDS.map((word, id) => [word, id])),
      merges: [],
    },
  });
  writeFileSync(join(folder, "onnx/encoder_model.onnx"), encoder());
  writeFileSync(join(folder, "onnx/decoder_model_merged.onnx"), decoder());
}

/** Gives the samples on, as features of one number each. */
function encoder(): Buffer {
  return onnxFile({
    inputs: [{ name: "input_values", shape: [1, "samples"] }],
    outputs: [{ name: "last_hidden_state", shape: [1, "samples", 1] }],
    constants: [{ name: "axes", shape: [1], values: [2], type: "int64" }],
    operations: [{ type: "Unsqueeze", inputs: ["input_values", "axes"], outputs: ["last_hidden_state"] }],
  });
}

/** The next word by the last one, from a table; after "was" the loudest sample decides. */
function decoder(): Buffer {
  const next = (pairs: readonly (readonly [from: number, to: number, weight: number])[]): number[] => {
    const table = WORDS.map(() => WORDS.map(() => 0));
    for (const [from, to, weight] of pairs) (table[from] as number[])[to] = weight;
    return table.flat();
  };
  const always = next([
    [BEGIN, IT, 1],
    [IT, WAS, 1],
    [WAS, QUIET, 0.5],
    [LOUD, END, 1],
    [QUIET, END, 1],
  ]);
  return onnxFile({
    inputs: [
      { name: "input_ids", shape: [1, "length"], type: "int64" },
      { name: "encoder_hidden_states", shape: [1, "samples", 1] },
    ],
    outputs: [{ name: "logits", shape: [1, "length", WORDS.length] }],
    constants: [
      { name: "always", shape: [WORDS.length, WORDS.length], values: always },
      { name: "byLoudness", shape: [WORDS.length, WORDS.length], values: next([[WAS, LOUD, 1]]) },
    ],
    operations: [
      { type: "ReduceMax", inputs: ["encoder_hidden_states"], outputs: ["loudest"], attributes: { axes: [1] } },
      { type: "Gather", inputs: ["always", "input_ids"], outputs: ["plain"] },
      { type: "Gather", inputs: ["byLoudness", "input_ids"], outputs: ["loudWords"] },
      { type: "Mul", inputs: ["loudWords", "loudest"], outputs: ["weighted"] },
      { type: "Add", inputs: ["plain", "weighted"], outputs: ["logits"] },
    ],
  });
}
