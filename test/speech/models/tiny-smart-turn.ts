import { onnxFile } from "./onnx-file.ts";

/**
 * A model of Smart Turn 3's shape: Whisper's features of eight seconds in, a probability out. It takes a turn for finished whose last half
 * second is quieter than the rest.
 */
export function tinySmartTurn(): Buffer {
  return onnxFile({
    inputs: [{ name: "input_features", shape: ["batch", 80, 800] }],
    outputs: [{ name: "logits", shape: ["batch", 1] }],
    constants: [
      // How much each moment counts: the last 50 against the 100 before them.
      {
        name: "moments",
        shape: [800, 1],
        values: Array.from({ length: 800 }, (_, at) => (at >= 750 ? -1 / 50 : at >= 650 ? 1 / 100 : 0)),
      },
      { name: "strength", shape: [1], values: [20] },
      { name: "shape", shape: [2], values: [-1, 1], type: "int64" },
    ],
    operations: [
      { type: "MatMul", inputs: ["input_features", "moments"], outputs: ["changes"] },
      { type: "ReduceMean", inputs: ["changes"], outputs: ["change"], attributes: { axes: [1, 2] } },
      { type: "Mul", inputs: ["change", "strength"], outputs: ["strong"] },
      { type: "Sigmoid", inputs: ["strong"], outputs: ["probability"] },
      { type: "Reshape", inputs: ["probability", "shape"], outputs: ["logits"] },
    ],
  });
}

/** A model of Smart Turn 2's shape: samples of sixteen seconds and their mask in. Its answer is the share of the mask that is set. */
export function tinySmartTurn2(): Buffer {
  return onnxFile({
    inputs: [
      { name: "input_values", shape: [1, 256_000] },
      { name: "attention_mask", shape: [1, 256_000], type: "int64" },
    ],
    outputs: [{ name: "logits", shape: [1] }],
    constants: [{ name: "nothing", shape: [1], values: [0] }],
    operations: [
      { type: "Cast", inputs: ["attention_mask"], outputs: ["mask"], attributes: { to: 1 } },
      { type: "ReduceMean", inputs: ["mask"], outputs: ["share"], attributes: { axes: [1], keepdims: 0 } },
      { type: "ReduceMean", inputs: ["input_values"], outputs: ["mean"], attributes: { axes: [1], keepdims: 0 } },
      { type: "Mul", inputs: ["mean", "nothing"], outputs: ["zero"] },
      { type: "Add", inputs: ["share", "zero"], outputs: ["logits"] },
    ],
  });
}
