import { invariant } from "../errors.ts";

/** A layer of weights in the kernel's memory; made by `DenseKernel.addLayer`. */
export interface DenseLayer {
  readonly address: number;
  /** How many numbers of a row each result is made of. */
  readonly inputs: number;
  /** How many results a row gives, rounded up to a multiple of 8: those beyond the layer's own are 0. */
  readonly outputs: number;
  /** The least value of a result: 0 for a rectified layer. */
  readonly floor: number;
}

export interface DenseLayerInit {
  readonly inputs: number;
  readonly outputs: number;
  /** @default 0 for every output */
  readonly bias?: (output: number) => number;
  readonly weight: (output: number, input: number) => number;
  /** Turns negative results into 0. */
  readonly rectified: boolean;
}

/** Where rows of numbers lie in the kernel's memory: the first one's address and the distance between them, in bytes. */
export interface Rows {
  readonly address: number;
  readonly strideBytes: number;
}

/** Outputs that are worked out at a time: two vectors of four. */
const BLOCK = 8;
const PAGE_BYTES = 65_536;

/**
 * Multiplies rows of numbers with layers of weights, four products at a time: WebAssembly's SIMD instructions, which every Node of
 * this package has, take a fifth of the time that plain JavaScript takes. The program is so small that it is put
 * together here, byte by byte, instead of by a compiler.
 */
export class DenseKernel {
  readonly #memory: WasmMemory;
  readonly #fourRows: DenseFunction;
  readonly #oneRow: DenseFunction;
  #used = 0;

  /** @param memoryBytes room for all layers and rows. */
  constructor(memoryBytes: number) {
    const pages = Math.ceil(memoryBytes / PAGE_BYTES);
    const module = new WebAssembly.Module(moduleBytes(pages, [functionBody(4, 1), functionBody(1, 2)]));
    const { memory, f0, f1 } = new WebAssembly.Instance(module).exports;
    this.#memory = memory as WasmMemory;
    this.#fourRows = f0 as DenseFunction;
    this.#oneRow = f1 as DenseFunction;
  }

  /** Room for numbers, 0 at first, in the kernel's memory. */
  allocate(length: number): { readonly address: number; readonly values: Float32Array } {
    const address = this.#used;
    this.#used += Math.ceil(length / 4) * 16;
    const { buffer } = this.#memory;
    invariant(this.#used <= buffer.byteLength, "the kernel's memory has room for its layers");
    return { address, values: new Float32Array(buffer, address, length) };
  }

  /** Lays out weights as the kernel reads them: block by block of eight outputs, in each the biases and then input by input. */
  addLayer({ inputs, outputs, bias = () => 0, weight, rectified }: DenseLayerInit): DenseLayer {
    const padded = Math.ceil(outputs / BLOCK) * BLOCK;
    const { address, values } = this.allocate(padded * (inputs + 1));
    let at = 0;
    for (let block = 0; block < padded; block += BLOCK) {
      for (let input = -1; input < inputs; input += 1) {
        for (let output = block; output < block + BLOCK; output += 1, at += 1) {
          if (output < outputs) values[at] = input < 0 ? bias(output) : weight(output, input);
        }
      }
    }
    return { address, inputs, outputs: padded, floor: rectified ? 0 : -Infinity };
  }

  /** Writes each row's results. Rows may overlap, as those of a convolution do. One row has an even number of inputs. */
  run(layer: DenseLayer, from: Rows, to: Rows, rowCount: 1 | 2 | 4): void {
    const { address, inputs, outputs, floor } = layer;
    invariant(inputs > 0 && (rowCount === 4 || inputs % 2 === 0), "a row alone has an even number of inputs");
    if (rowCount === 4) {
      this.#fourRows(from.address, from.strideBytes, inputs, address, to.address, to.strideBytes, outputs, floor);
      return;
    }
    for (let row = 0; row < rowCount; row += 1) {
      const input = from.address + row * from.strideBytes;
      this.#oneRow(input, 0, inputs, address, to.address + row * to.strideBytes, 0, outputs, floor);
    }
  }
}

type DenseFunction = (
  input: number,
  inputStride: number,
  inputs: number,
  weights: number,
  output: number,
  outputStride: number,
  outputs: number,
  floor: number,
) => void;

interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

/** What this file uses of WebAssembly, whose types come with those of a browser. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  Instance: new (module: object) => { readonly exports: Readonly<Record<string, unknown>> };
};

// The parameters of a function, by their numbers.
const INPUT = 0;
const INPUT_STRIDE = 1;
const INPUTS = 2;
const WEIGHTS = 3;
const OUTPUT = 4;
const OUTPUT_STRIDE = 5;
const OUTPUTS = 6;
const FLOOR = 7;
const PARAMETER_COUNT = 8;

const I32 = 0x7f;
const F32 = 0x7d;
const V128 = 0x7b;

const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
const constant = (value: number): number[] => [0x41, ...signed(value)];
const addTo = (local: number, amount: readonly number[]): number[] => [...get(local), ...amount, 0x6a, ...set(local)];
const loop = (body: readonly number[]): number[] => [0x03, 0x40, ...body, 0x0b];
/** Subtracts from a local, and goes back to the loop's beginning unless that makes it 0. */
const countDown = (local: number, amount: number): number[] => [
  ...get(local),
  ...constant(amount),
  0x6b,
  ...[0x22, local],
  ...[0x0d, 0],
];
const vectorOperation = (code: number, ...rest: number[]): number[] => [0xfd, ...unsigned(code), ...rest];
const loadVector = (address: number, offset: number): number[] => [...get(address), ...vectorOperation(0, 2, offset)];
const loadSplat = (address: number, offset: number): number[] => [...get(address), ...vectorOperation(9, 2, offset)];
const STORE_VECTOR = [0xfd, 11, 2];
const SPLAT = vectorOperation(0x13);
const ADD = vectorOperation(0xe4);
const MULTIPLY = vectorOperation(0xe6);
const GREATER = vectorOperation(0xeb);

/**
 * The body of a function that multiplies so many rows at once, taking so many inputs per turn of its loop: sums are kept apart per row
 * and input, so that no addition waits for the one before.
 */
function functionBody(rows: number, inputsPerTurn: number): number[] {
  let locals = PARAMETER_COUNT;
  const next = (): number => (locals += 1) - 1;
  const countLeft = next();
  const pointers = Array.from({ length: rows }, next);
  const firstVector = locals;
  const weights = [next(), next()];
  const splat = next();
  // sums[row][half][turn]
  const sums = pointers.map(() => weights.map(() => Array.from({ length: inputsPerTurn }, next)));
  const each = <T>(items: readonly T[], code: (item: T, index: number) => readonly number[]): number[] =>
    items.flatMap((item, index) => [...code(item, index)]);

  const begin = [
    ...each(pointers, (pointer, row) =>
      row === 0
        ? [...get(INPUT), ...set(pointer)]
        : [...get(pointers[row - 1] as number), ...get(INPUT_STRIDE), 0x6a, ...set(pointer)],
    ),
    ...each(sums, (halves) =>
      each(halves, (turns, half) =>
        each(turns, (sum, turn) => [
          ...(turn === 0 ? loadVector(WEIGHTS, 16 * half) : [0x43, 0, 0, 0, 0, ...SPLAT]),
          ...set(sum),
        ]),
      ),
    ),
    ...addTo(WEIGHTS, constant(4 * BLOCK)),
    ...get(INPUTS),
    ...set(countLeft),
  ];
  const multiply = Array.from({ length: inputsPerTurn }, (_, turn) => [
    ...each(weights, (weight, half) => [...loadVector(WEIGHTS, 4 * BLOCK * turn + 16 * half), ...set(weight)]),
    ...each(sums, (halves, row) => [
      ...loadSplat(pointers[row] as number, 4 * turn),
      ...set(splat),
      ...each(halves, (turns, half) => {
        const sum = turns[turn] as number;
        return [...get(sum), ...get(splat), ...get(weights[half] as number), ...MULTIPLY, ...ADD, ...set(sum)];
      }),
    ]),
  ]).flat();
  const multiplyAll = loop([
    ...multiply,
    ...each(pointers, (pointer) => addTo(pointer, constant(4 * inputsPerTurn))),
    ...addTo(WEIGHTS, constant(4 * BLOCK * inputsPerTurn)),
    ...countDown(countLeft, inputsPerTurn),
  ]);
  const finish = [
    ...each(sums, (halves, row) => [
      ...get(OUTPUT),
      ...each(Array.from({ length: row }), () => [...get(OUTPUT_STRIDE), 0x6a]),
      ...set(countLeft),
      ...each(halves, (turns, half) => [
        ...get(countLeft),
        ...each(turns, (sum, turn) => [...get(sum), ...(turn === 0 ? [] : ADD)]),
        ...get(FLOOR),
        ...SPLAT,
        ...GREATER,
        ...STORE_VECTOR,
        16 * half,
      ]),
    ]),
    ...addTo(OUTPUT, constant(4 * BLOCK)),
    ...countDown(OUTPUTS, BLOCK),
  ];
  const code = [...loop([...begin, ...multiplyAll, ...finish]), 0x0b];
  const vectors = locals - firstVector;
  const declared = [2, ...unsigned(firstVector - PARAMETER_COUNT), I32, ...unsigned(vectors), V128];
  return [...unsigned(declared.length + code.length), ...declared, ...code];
}

/** A module (WebAssembly Core Specification, section 5) of these functions, exported as `f0`, `f1` ..., and a memory. */
function moduleBytes(memoryPages: number, bodies: readonly (readonly number[])[]): Uint8Array<ArrayBuffer> {
  const section = (id: number, items: readonly (readonly number[])[]): number[] => {
    const content = [...unsigned(items.length), ...items.flat()];
    return [id, ...unsigned(content.length), ...content];
  };
  const name = (text: string): number[] => [text.length, ...Array.from(text, (letter) => letter.charCodeAt(0))];
  const parameters = [I32, I32, I32, I32, I32, I32, I32, F32];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [[0x60, parameters.length, ...parameters, 0]]),
    ...section(
      3,
      bodies.map(() => [0]),
    ),
    ...section(5, [[0, ...unsigned(memoryPages)]]),
    ...section(7, [[...name("memory"), 2, 0], ...bodies.map((_, index) => [...name(`f${index}`), 0, index])]),
    ...section(10, bodies),
  ]);
}

/** A whole number in LEB128, seven bits a byte. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

/** The same with a sign: bit 6 of the last byte. */
function signed(value: number): number[] {
  return value < 64 ? [value] : [(value & 127) | 128, ...signed(value >> 7)];
}
