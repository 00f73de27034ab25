/** Writes ONNX models (onnx.proto, protocol buffers) small enough to be made by a test. */

/** A tensor that is part of a model. */
export interface Constant {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: readonly number[];
  /** @default "float" */
  readonly type?: "float" | "int64";
}

/** What goes into a model or comes out of it; a dimension may be named instead of counted. */
export interface Port {
  readonly name: string;
  readonly shape: readonly (number | string)[];
  /** @default "float" */
  readonly type?: "float" | "int64" | "bool";
}

/** One operation; attributes are whole numbers, or lists of them. */
export interface Operation {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>;
}

const TYPES = { float: 1, int64: 7, bool: 9 };

/** A model of operators of set 13. */
export function onnxFile(model: {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly constants: readonly Constant[];
  readonly operations: readonly Operation[];
}): Buffer {
  const graph = [
    ...model.operations.map((operation) => message(1, node(operation))),
    text(2, "test"),
    ...model.constants.map((constant) => message(5, tensor(constant))),
    ...model.inputs.map((port) => message(11, valueInfo(port))),
    ...model.outputs.map((port) => message(12, valueInfo(port))),
  ];
  return Buffer.concat([number(1, 8), message(7, graph), message(8, [text(1, ""), number(2, 13)])]);
}

function node({ type, inputs, outputs, attributes = {} }: Operation): Buffer[] {
  return [
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, type),
    ...Object.entries(attributes).map(([name, value]) =>
      message(
        5,
        typeof value === "number"
          ? [text(1, name), number(3, value), number(20, 2)]
          : [text(1, name), ...value.map((item) => number(8, item)), number(20, 7)],
      ),
    ),
  ];
}

function tensor({ name, shape, values, type = "float" }: Constant): Buffer[] {
  const raw =
    type === "float" ? Float32Array.from(values).buffer : BigInt64Array.from(values, (value) => BigInt(value)).buffer;
  return [...shape.map((size) => number(1, size)), number(2, TYPES[type]), text(8, name), bytes(9, Buffer.from(raw))];
}

function valueInfo({ name, shape, type = "float" }: Port): Buffer[] {
  const dimensions = shape.map((size) => message(1, [typeof size === "number" ? number(1, size) : text(2, size)]));
  return [text(1, name), message(2, [message(1, [number(1, TYPES[type]), message(2, dimensions)])])];
}

function varint(value: number): number[] {
  // Negative numbers take ten bytes, as 64 bits in two's complement.
  let rest = BigInt.asUintN(64, BigInt(value));
  const encoded: number[] = [];
  while (rest > 127n) {
    encoded.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return [...encoded, Number(rest)];
}

function number(field: number, value: number): Buffer {
  return Buffer.from([...varint(field << 3), ...varint(value)]);
}

function bytes(field: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([...varint((field << 3) | 2), ...varint(content.length)]), content]);
}

function text(field: number, content: string): Buffer {
  return bytes(field, Buffer.from(content));
}

function message(field: number, content: readonly Buffer[]): Buffer {
  return bytes(field, Buffer.concat(content));
}
