/**
 * Makes `assets/silero-vad/silero-vad-v5-16khz.safetensors` from the model's ONNX file: the weights of the 16 kHz half of Silero VAD v5,
 * in the safetensors format. Run it again only for another version of the model:
 *
 *     npm pack @ricky0123/vad-web@0.0.31 && tar xf ricky0123-vad-web-0.0.31.tgz
 *     npx tsx scripts/extract-silero-weights.ts package/dist/silero_vad_v5.onnx
 */
import { readFileSync, writeFileSync } from "node:fs";
import { projectPath } from "./project.ts";

/** Tensors of the network at 16 kHz, as PyTorch names them, with their shapes. */
const SHAPES: Readonly<Record<string, readonly number[]>> = {
  "stft.forward_basis_buffer": [258, 1, 256],
  "encoder.0.reparam_conv.weight": [128, 129, 3],
  "encoder.0.reparam_conv.bias": [128],
  "encoder.1.reparam_conv.weight": [64, 128, 3],
  "encoder.1.reparam_conv.bias": [64],
  "encoder.2.reparam_conv.weight": [64, 64, 3],
  "encoder.2.reparam_conv.bias": [64],
  "encoder.3.reparam_conv.weight": [128, 64, 3],
  "encoder.3.reparam_conv.bias": [128],
  "decoder.rnn.weight_ih": [512, 128],
  "decoder.rnn.weight_hh": [512, 128],
  "decoder.rnn.bias_ih": [512],
  "decoder.rnn.bias_hh": [512],
  "decoder.decoder.2.weight": [1, 128, 1],
  "decoder.decoder.2.bias": [1],
};

/** The branch for 16 kHz in the ONNX graph; the other one is for 8 kHz. */
const PREFIX = "If_0_then_branch__Inline_0__";

interface Field {
  readonly number: number;
  /** What a length-delimited field holds; empty for a number. */
  readonly bytes: Buffer;
  readonly value: bigint;
}

/** The fields of a protocol buffers message. */
function* fieldsOf(message: Buffer): Generator<Field> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at] ?? 0;
      at += 1;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const take = (count: number): Buffer => message.subarray(at, (at += count));
  while (at < message.length) {
    const key = Number(varint());
    const wire = key & 7;
    const value = wire === 0 || wire === 2 ? varint() : 0n;
    const bytes = take(wire === 2 ? Number(value) : wire === 5 ? 4 : wire === 1 ? 8 : 0);
    yield { number: key >> 3, bytes, value };
  }
}

/** The raw bytes of all constants below a graph by the names of their nodes' outputs (ONNX: GraphProto, NodeProto, TensorProto). */
function constantsOf(graph: Buffer): Map<string, Buffer> {
  const constants = new Map<string, Buffer>();
  for (const node of fieldsOf(graph)) {
    if (node.number !== 1) continue;
    const fields = [...fieldsOf(node.bytes)];
    const output = fields.find(({ number }) => number === 2)?.bytes.toString() ?? "";
    for (const attribute of fields.filter(({ number }) => number === 5)) {
      for (const part of fieldsOf(attribute.bytes)) {
        if (part.number === 6) for (const [name, bytes] of constantsOf(part.bytes)) constants.set(name, bytes);
        if (part.number !== 5) continue;
        const raw = [...fieldsOf(part.bytes)].find(({ number }) => number === 9);
        if (raw) constants.set(output, raw.bytes);
      }
    }
  }
  return constants;
}

const [modelPath] = process.argv.slice(2);
if (modelPath === undefined) throw new Error("Say where the ONNX file is: scripts/extract-silero-weights.ts <path>");
const graph = [...fieldsOf(readFileSync(modelPath))].find(({ number }) => number === 7);
if (!graph) throw new Error(`${modelPath} is not an ONNX model.`);
const constants = constantsOf(graph.bytes);
const header: Record<string, unknown> = { __metadata__: { model: "Silero VAD v5, 16 kHz", license: "MIT" } };
const data: Buffer[] = [];
let end = 0;
for (const [name, shape] of Object.entries(SHAPES)) {
  const bytes = constants.get(PREFIX + name);
  const length = 4 * shape.reduce((product, size) => product * size, 1);
  if (bytes?.length !== length)
    throw new Error(`${name} has ${bytes?.length ?? "no"} bytes, but should have ${length}.`);
  header[name] = { dtype: "F32", shape, data_offsets: [end, (end += length)] };
  data.push(bytes);
}
const json = JSON.stringify(header);
const text = Buffer.from(json.padEnd(Math.ceil(json.length / 8) * 8));
const size = Buffer.alloc(8);
size.writeBigUInt64LE(BigInt(text.length));
writeFileSync(projectPath("assets/silero-vad/silero-vad-v5-16khz.safetensors"), Buffer.concat([size, text, ...data]));
