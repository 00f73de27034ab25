import { FastRtcError } from "../../errors.ts";
import { DenseKernel, type DenseLayer } from "../dense-kernel.ts";
import type { Tensor } from "./safetensors.ts";

/** Samples of one window at 16 kHz, 32 ms. */
export const WINDOW_SAMPLES = 512;
/** Samples that the network hears again before each window. */
const CONTEXT_SAMPLES = 64;
const HEARD_SAMPLES = CONTEXT_SAMPLES + WINDOW_SAMPLES;
/** What is heard, and its last 64 samples mirrored behind it. */
const PADDED_SAMPLES = HEARD_SAMPLES + 64;

const SPECTRA = 4;
const SPECTRUM_SAMPLES = 256;
const SPECTRUM_STEP = 128;
const BINS = 129;
const MEMORY = 128;

/** What the network remembers of a voice. */
export interface SileroState {
  /** The end of the window before. */
  readonly context: Float32Array;
  /** The memory cell's output, and the cell. */
  readonly hidden: Float32Array;
  readonly cell: Float32Array;
}

/** The state before a voice has been heard. */
export function newSileroState(): SileroState {
  return {
    context: new Float32Array(CONTEXT_SAMPLES),
    hidden: new Float32Array(MEMORY),
    cell: new Float32Array(MEMORY),
  };
}

/**
 * The network of Silero VAD v5 at 16 kHz: the spectrum of a window, four convolutions over it, a memory cell (LSTM), and
 * one number. Written out for this one network, it needs no runtime of models and takes less time than one spends
 * on calling into it. Rows of numbers are moments, so that a convolution's inputs are overlapping rows.
 */
export class SileroNetwork {
  readonly #kernel = new DenseKernel(2_000_000);
  readonly #heard = this.#kernel.allocate(PADDED_SAMPLES);
  readonly #spectra: Buffer;
  /** Before and behind the moments lies one of silence each, which the convolutions reach. */
  readonly #magnitudes = this.#kernel.allocate((SPECTRA + 2) * BINS);
  readonly #first = this.#kernel.allocate((SPECTRA + 2) * 128);
  readonly #second = this.#kernel.allocate(4 * 64);
  readonly #third = this.#kernel.allocate(64);
  /** What the memory cell is told: the features, and its own last output. */
  readonly #cellInput = this.#kernel.allocate(2 * MEMORY);
  readonly #gates = this.#kernel.allocate(4 * MEMORY);

  readonly #spectrumLayer: DenseLayer;
  readonly #firstLayer: DenseLayer;
  readonly #secondLayer: DenseLayer;
  readonly #thirdLayer: DenseLayer;
  readonly #fourthLayer: DenseLayer;
  readonly #cellLayer: DenseLayer;
  readonly #outputWeights: Float32Array;
  readonly #outputBias: number;

  /** @throws {FastRtcError} `invalid_model` when a tensor is missing or has another shape. */
  constructor(tensors: ReadonlyMap<string, Tensor>) {
    const take = (name: string, ...shape: number[]): Float32Array => {
      const tensor = tensors.get(name);
      if (tensor?.shape.join() === shape.join()) return tensor.values;
      const found = tensor ? `is ${tensor.shape.join("x")}` : "is missing";
      throw new FastRtcError("invalid_model", `These are not Silero VAD's weights: ${name} ${found}.`);
    };
    /** A convolution over three moments; of one with fewer inputs only the taps that meet any. */
    const convolution = (index: number, outputs: number, channels: number, taps: readonly number[]): DenseLayer => {
      const weights = take(`encoder.${index}.reparam_conv.weight`, outputs, channels, 3);
      const biases = take(`encoder.${index}.reparam_conv.bias`, outputs);
      return this.#kernel.addLayer({
        inputs: taps.length * channels,
        outputs,
        bias: (output) => at(biases, output),
        weight: (output, input) => {
          const tap = taps[Math.floor(input / channels)] as number;
          return at(weights, (output * channels + (input % channels)) * 3 + tap);
        },
        rectified: true,
      });
    };
    const basis = take("stft.forward_basis_buffer", 2 * BINS, 1, SPECTRUM_SAMPLES);
    this.#spectrumLayer = this.#kernel.addLayer({
      inputs: SPECTRUM_SAMPLES,
      outputs: 2 * BINS,
      weight: (output, input) => at(basis, output * SPECTRUM_SAMPLES + input),
      rectified: false,
    });
    this.#spectra = this.#kernel.allocate(SPECTRA * this.#spectrumLayer.outputs);
    this.#firstLayer = convolution(0, 128, BINS, [0, 1, 2]);
    this.#secondLayer = convolution(1, 64, 128, [0, 1, 2]);
    this.#thirdLayer = convolution(2, 64, 64, [1, 2]);
    this.#fourthLayer = convolution(3, 128, 64, [1]);
    const ofInput = take("decoder.rnn.weight_ih", 4 * MEMORY, MEMORY);
    const ofHidden = take("decoder.rnn.weight_hh", 4 * MEMORY, MEMORY);
    const inputBias = take("decoder.rnn.bias_ih", 4 * MEMORY);
    const hiddenBias = take("decoder.rnn.bias_hh", 4 * MEMORY);
    this.#cellLayer = this.#kernel.addLayer({
      inputs: 2 * MEMORY,
      outputs: 4 * MEMORY,
      bias: (gate) => at(inputBias, gate) + at(hiddenBias, gate),
      weight: (gate, input) =>
        input < MEMORY ? at(ofInput, gate * MEMORY + input) : at(ofHidden, gate * MEMORY + input - MEMORY),
      rectified: false,
    });
    this.#outputWeights = take("decoder.decoder.2.weight", 1, MEMORY, 1);
    this.#outputBias = at(take("decoder.decoder.2.bias", 1), 0);
  }

  /** How probable speech is in a window of 512 samples, from 0 to 1, given what was heard before; the state moves on. */
  probability(window: Float32Array, state: SileroState): number {
    this.#hear(window, state.context);
    this.#analyse();
    this.#cellInput.values.set(state.hidden, MEMORY);
    this.#kernel.run(this.#cellLayer, rows(this.#cellInput, 0), rows(this.#gates, 0), 1);
    return this.#remember(state);
  }

  #hear(window: Float32Array, context: Float32Array): void {
    const { values } = this.#heard;
    values.set(context);
    for (let index = 0; index < WINDOW_SAMPLES; index += 1)
      values[CONTEXT_SAMPLES + index] = audible(at(window, index));
    context.set(values.subarray(WINDOW_SAMPLES, HEARD_SAMPLES));
    for (let index = 0; index < PADDED_SAMPLES - HEARD_SAMPLES; index += 1) {
      values[HEARD_SAMPLES + index] = at(values, HEARD_SAMPLES - 2 - index);
    }
  }

  #analyse(): void {
    const kernel = this.#kernel;
    const spectrumLength = this.#spectrumLayer.outputs;
    kernel.run(this.#spectrumLayer, rows(this.#heard, SPECTRUM_STEP), rows(this.#spectra, spectrumLength), SPECTRA);
    const spectra = this.#spectra.values;
    const magnitudes = this.#magnitudes.values;
    for (let moment = 0, to = BINS; moment < SPECTRA; moment += 1) {
      for (let bin = moment * spectrumLength; bin < moment * spectrumLength + BINS; bin += 1, to += 1) {
        const real = spectra[bin] as number;
        const imaginary = spectra[bin + BINS] as number;
        magnitudes[to] = Math.sqrt(real * real + imaginary * imaginary);
      }
    }
    kernel.run(this.#firstLayer, rows(this.#magnitudes, BINS), rows(this.#first, 128, 128), SPECTRA);
    kernel.run(this.#secondLayer, rows(this.#first, 256), rows(this.#second, 64, 64), 2);
    kernel.run(this.#thirdLayer, rows(this.#second, 0, 64), rows(this.#third, 0), 1);
    kernel.run(this.#fourthLayer, rows(this.#third, 0), rows(this.#cellInput, 0), 1);
  }

  /** The memory cell's step (gates in PyTorch's order: input, forget, cell, output), and the answer made of its output. */
  #remember({ hidden, cell }: SileroState): number {
    const gates = this.#gates.values;
    let sum = this.#outputBias;
    for (let index = 0; index < MEMORY; index += 1) {
      const kept = sigmoid(gates[MEMORY + index] as number) * (cell[index] as number);
      const added = sigmoid(gates[index] as number) * Math.tanh(gates[2 * MEMORY + index] as number);
      cell[index] = kept + added;
      const output = sigmoid(gates[3 * MEMORY + index] as number) * Math.tanh(kept + added);
      hidden[index] = output;
      if (output > 0) sum += output * (this.#outputWeights[index] as number);
    }
    return sigmoid(sum);
  }
}

interface Buffer {
  readonly address: number;
  readonly values: Float32Array;
}

/** Rows in a buffer: how many numbers apart they begin, and how many numbers lie before the first. */
function rows({ address }: Buffer, stride: number, start = 0): { address: number; strideBytes: number } {
  return { address: address + 4 * start, strideBytes: 4 * stride };
}

function at(values: Float32Array, index: number): number {
  return values[index] as number;
}

/**
 * The sample, or silence where it is none: one NaN would stay in the network's memory for ever, and processors take a hundred times as
 * long for numbers below 1e-38, which filters leave behind when sound fades out.
 */
function audible(sample: number): number {
  const size = Math.abs(sample);
  return size > 1e-15 && size < 1e15 ? sample : 0;
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}
