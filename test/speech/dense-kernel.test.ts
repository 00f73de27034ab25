import { describe, expect, it } from "vitest";
import { DenseKernel } from "../../src/speech/dense-kernel.ts";

describe("the kernel that multiplies rows with weights", () => {
  it.each([
    { rows: 1, inputs: 2, outputs: 1, stride: 2 },
    { rows: 1, inputs: 256, outputs: 512, stride: 256 },
    { rows: 2, inputs: 6, outputs: 9, stride: 4 },
    { rows: 4, inputs: 1, outputs: 8, stride: 1 },
    { rows: 4, inputs: 387, outputs: 130, stride: 129 },
  ] as const)("gives what plain arithmetic gives: $rows rows, $inputs inputs, $outputs outputs", (shape) => {
    const { rows, inputs, outputs, stride } = shape;
    const kernel = new DenseKernel(4_000_000);
    // Numbers with few digits, so that the order of additions changes nothing.
    const small = (index: number): number => ((index * 37) % 17) / 8 - 1;
    const weight = (output: number, input: number): number => small(output * inputs + input);
    const bias = (output: number): number => small(output + 5);
    for (const rectified of [false, true]) {
      const layer = kernel.addLayer({ inputs, outputs, weight, bias, rectified });
      const from = kernel.allocate(stride * (rows - 1) + inputs);
      from.values.forEach((_value, index) => (from.values[index] = small(index + 3)));
      const to = kernel.allocate(rows * layer.outputs);
      kernel.run(
        layer,
        { address: from.address, strideBytes: 4 * stride },
        { address: to.address, strideBytes: 4 * layer.outputs },
        rows,
      );
      const expected = Array.from({ length: rows * layer.outputs }, (_, index) => {
        const [row, output] = [Math.floor(index / layer.outputs), index % layer.outputs];
        if (output >= outputs) return 0;
        let sum = bias(output);
        for (let input = 0; input < inputs; input += 1) sum += weight(output, input) * small(row * stride + input + 3);
        return rectified ? Math.max(0, sum) : sum;
      });
      expect([...to.values]).toEqual(expected);
    }
  });

  it("refuses a single row of an odd number, which it would run past, and layers for which there is no room", () => {
    const kernel = new DenseKernel(1000);
    const layer = kernel.addLayer({ inputs: 3, outputs: 8, weight: () => 1, rectified: false });
    const place = { address: 0, strideBytes: 0 };
    expect(() => kernel.run(layer, place, place, 1)).toThrow("even number of inputs");
    expect(() => kernel.allocate(20_000)).toThrow("room");
  });
});
