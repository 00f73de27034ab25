import { describe, expect, test } from "vitest";
import { VideoFrame } from "../../src/media/video-frame.ts";
import { chromaRows, frameOf, lumaRows, paddedFrame, seeded } from "./pictures.ts";

/** BT.601 in limited range, in floating point: the definition that the fixed-point code is held against. */
function exactYuv([red, green, blue]: readonly number[]): [number, number, number] {
  const r = (red as number) / 255;
  const g = (green as number) / 255;
  const b = (blue as number) / 255;
  const y = 0.299 * r + 0.587 * g + 0.114 * b;
  return [16 + 219 * y, 128 + (224 * (b - y)) / 1.772, 128 + (224 * (r - y)) / 1.402];
}

function exactRgb(y: number, u: number, v: number): number[] {
  const luma = (y - 16) / 219;
  const cb = (u - 128) / 224;
  const cr = (v - 128) / 224;
  const blue = luma + 1.772 * cb;
  const red = luma + 1.402 * cr;
  const green = (luma - 0.299 * red - 0.114 * blue) / 0.587;
  return [red, green, blue].map((value) => Math.min(255, Math.max(0, value * 255)));
}

const COLORS = {
  black: [0, 0, 0],
  white: [255, 255, 255],
  red: [255, 0, 0],
  green: [0, 255, 0],
  blue: [0, 0, 255],
  gray: [128, 128, 128],
};

test("the primary colours become the values of BT.601", () => {
  const seen = Object.fromEntries(
    Object.entries(COLORS).map(([name, color]) => {
      const frame = VideoFrame.from(Uint8Array.from(color), { format: "rgb24", width: 1, height: 1 });
      return [name, [...frame.to("i420")]];
    }),
  );
  expect(seen).toEqual({
    black: [16, 128, 128],
    white: [235, 128, 128],
    red: [81, 90, 240],
    green: [145, 54, 34],
    blue: [41, 240, 110],
    gray: [126, 128, 128],
  });
});

test("every RGB colour comes within half a step and a rounding of the exact luma and chroma", () => {
  const random = seeded(7);
  let worst = 0;
  for (let round = 0; round < 20_000; round += 1) {
    const color = [0, 1, 2].map(() => Math.floor(random() * 256));
    const frame = VideoFrame.from(Uint8Array.from(color), { format: "rgb24", width: 1, height: 1 });
    const exact = exactYuv(color);
    frame.to("i420").forEach((value, index) => {
      worst = Math.max(worst, Math.abs(value - (exact[index] as number)));
    });
  }
  expect(worst).toBeLessThan(0.51);
});

test("every I420 colour, impossible ones too, comes within half a step and a rounding of the exact RGB", () => {
  let worst = 0;
  for (let u = 0; u < 256; u += 15) {
    for (let v = 0; v < 256; v += 15) {
      const luma = Array.from({ length: 256 }, (_, y) => y);
      const rows = [luma, luma];
      const chroma = (value: number): number[][] => [luma.filter((y) => y % 2 === 0).map(() => value)];
      const rgb = frameOf(rows, chroma(u), chroma(v)).to("rgb24");
      for (let y = 0; y < 256; y += 1) {
        exactRgb(y, u, v).forEach((exact, channel) => {
          worst = Math.max(worst, Math.abs((rgb[3 * y + channel] as number) - exact));
        });
      }
    }
  }
  expect(worst).toBeLessThan(0.51);
});

test("a colour survives the way to I420 and back within two steps", () => {
  const random = seeded(9);
  let worst = 0;
  for (let round = 0; round < 5_000; round += 1) {
    const color = [0, 1, 2].map(() => Math.floor(random() * 256));
    const frame = VideoFrame.from(Uint8Array.from(color), { format: "rgb24", width: 1, height: 1 });
    frame.to("rgb24").forEach((value, index) => {
      worst = Math.max(worst, Math.abs(value - (color[index] as number)));
    });
  }
  expect(worst).toBeLessThanOrEqual(2);
});

test("all greys survive unchanged in brightness within one step, without a tint", () => {
  const grays = Uint8Array.from({ length: 256 }, (_, gray) => gray);
  const frame = VideoFrame.from(grays, { format: "gray8", width: 256, height: 1 });
  const worst = Math.max(...frame.to("gray8").map((gray, index) => Math.abs(gray - index)));
  const rgb = frame.to("rgb24");
  const tinted = grays.filter(
    (_, index) => rgb[3 * index] !== rgb[3 * index + 1] || rgb[3 * index] !== rgb[3 * index + 2],
  );
  expect({ worst, tinted: tinted.length }).toEqual({ worst: 1, tinted: 0 });
});

test("gray8 is full-range luma", () => {
  const frame = frameOf([[0, 16, 126, 235, 255]], [[128, 128, 128]], [[128, 128, 128]]);
  expect([...frame.to("gray8")]).toEqual([0, 0, 128, 255, 255]);
});

test("the formats differ in nothing but their order of bytes", () => {
  const frame = frameOf(
    [
      [81, 145],
      [41, 126],
    ],
    [[90]],
    [[240]],
  );
  const rgba = frame.to("rgba");
  const pixels = [0, 1, 2, 3].map(
    (index) => [...rgba.subarray(4 * index, 4 * index + 4)] as [number, number, number, number],
  );
  expect({
    alpha: pixels.map(([, , , alpha]) => alpha),
    rgb24: [...frame.to("rgb24")],
    bgr24: [...frame.to("bgr24")],
    i420: [...frame.to("i420")],
  }).toEqual({
    alpha: [255, 255, 255, 255],
    rgb24: pixels.flatMap(([red, green, blue]) => [red, green, blue]),
    bgr24: pixels.flatMap(([red, green, blue]) => [blue, green, red]),
    i420: [81, 145, 41, 126, 90, 240],
  });
});

test("a chroma sample is the mean of the pixels it covers, at the edges of odd sizes of those that are there", () => {
  const [r, g, b, w] = [COLORS.red, COLORS.green, COLORS.blue, COLORS.white];
  const frame = VideoFrame.from(Uint8Array.from([r, r, b, r, r, w, g, g, b].flat()), {
    format: "rgb24",
    width: 3,
    height: 3,
  });
  // Red; half blue, half white; green; blue.
  expect({ luma: lumaRows(frame), u: chromaRows(frame) }).toEqual({
    luma: [
      [81, 81, 41],
      [81, 81, 235],
      [145, 145, 41],
    ],
    u: [
      [90, 184],
      [54, 240],
    ],
  });
});

describe.each([
  [1, 1],
  [2, 2],
  [3, 3],
  [4, 1],
  [1, 6],
  [7, 5],
  [16, 9],
])("%i x %i", (width, height) => {
  test("padded rows and gapless ones give the same pixels in every format", () => {
    const padded = paddedFrame(width, height);
    const gapless = VideoFrame.from(padded.to("i420"), { format: "i420", width, height });
    const inEveryFormat = (frame: VideoFrame): Uint8Array[] =>
      (["rgba", "rgb24", "bgr24", "gray8", "i420"] as const).map((format) => frame.to(format));
    expect(inEveryFormat(padded)).toEqual(inEveryFormat(gapless));
  });

  test("the fast way for aligned memory and the one for any memory give the same pixels", () => {
    const frame = paddedFrame(width, height);
    const formats = ["rgba", "rgb24", "bgr24"] as const;
    const aligned = formats.map((format) => frame.to(format));
    const unaligned = formats.map((format, index) => {
      const into = new Uint8Array((aligned[index] as Uint8Array).length + 1).subarray(1);
      return frame.to(format, { into });
    });
    expect(unaligned).toEqual(aligned);
  });

  test("pixels that are read agree between the formats", () => {
    const rgb = paddedFrame(width, height).to("rgb24");
    const rgba = Uint8Array.from({ length: width * height * 4 }, (_, i) =>
      i % 4 === 3 ? 7 : (rgb[(i >> 2) * 3 + (i % 4)] as number),
    );
    const bgr = rgb.map((_, i) => rgb[i - (i % 3) + 2 - (i % 3)] as number);
    const expected = VideoFrame.from(rgb, { format: "rgb24", width, height }).to("i420");
    expect(VideoFrame.from(rgba, { format: "rgba", width, height }).to("i420")).toEqual(expected);
    expect(VideoFrame.from(bgr, { format: "bgr24", width, height }).to("i420")).toEqual(expected);
  });
});
