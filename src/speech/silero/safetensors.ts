import { z } from "zod";
import { FastRtcError, toError } from "../../errors.ts";

const HEADER = z.record(z.string(), z.unknown());
const TENSOR = z.object({
  dtype: z.literal("F32"),
  shape: z.array(z.int().positive()),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});

/** A tensor's numbers in rows, the last dimension running fastest. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/**
 * The 32-bit tensors of a file in the safetensors format: eight bytes with the header's length, the header as JSON, the numbers.
 * @throws {FastRtcError} `invalid_model` when it is none, or is cut off.
 */
export function parseSafetensors(file: Uint8Array): ReadonlyMap<string, Tensor> {
  try {
    const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    const dataStart = 8 + Number(view.getBigUint64(0, true));
    const header = HEADER.parse(JSON.parse(new TextDecoder().decode(file.subarray(8, dataStart))));
    const tensors = new Map<string, Tensor>();
    for (const [name, described] of Object.entries(header)) {
      if (name === "__metadata__") continue;
      const { shape, data_offsets: offsets } = TENSOR.parse(described);
      const length = shape.reduce((product, size) => product * size, 1);
      if (offsets[1] - offsets[0] !== 4 * length) throw new RangeError(`${name} does not have ${length} numbers.`);
      // The format is little-endian, as are all machines that this package's native parts exist for.
      const bytes = new Uint8Array(file.subarray(dataStart + offsets[0], dataStart + offsets[1]));
      if (bytes.byteLength !== 4 * length) throw new RangeError(`${name} is cut off.`);
      tensors.set(name, { shape, values: new Float32Array(bytes.buffer) });
    }
    return tensors;
  } catch (error) {
    throw new FastRtcError("invalid_model", `This is not a file of tensors: ${toError(error).message}`, {
      cause: error,
    });
  }
}
