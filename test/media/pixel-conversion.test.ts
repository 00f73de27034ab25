import { describe, expect, test } from "vitest";
import type { ColorSpace } from "../../src/media/i420.ts";
import { VideoFrame } from "../../src/media/video-frame.ts";
import { chromaRows, frameOf, lumaRows, paddedFrame, seeded } from "./pictures.ts";

const COLOR_SPACES = ["bt601", "bt709"] as const;

/** The shares of red and blue in luma, by BT.601 and BT.709. */
const SHARES = { bt601: { red: 0.299, blue: 0.114 }, bt709: { red: 0.2126, blue: 0.0722 } };

/** Limited range in floating point: the definition that the fixed-point code is held against. */
function exactYuv([r, g, b]: readonly number[], colorSpace: ColorSpace): [number, number, number] {
  const [red, green, blue] = [(r as number) / 255, (g as number) / 255, (b as number) / 255];
  const share = SHARES[colorSpace];
  const y = share.red * red + (1 - share.red - share.blue) * green + share.blue * blue;
  const u = (blue - y) / (1 - share.blue);
  const v = (red - y) / (1 - share.red);
  return [16 + 219 * y, 128 + 112 * u, 128 + 112 * v];
}

function exactRgb([y, u, v]: readonly [number, number, number], colorSpace: ColorSpace): number[] {
  const share = SHARES[colorSpace];
  const luma = (y - 16) / 219;
  const blue = luma + ((1 - share.blue) * (u - 128)) / 112;
  const red = luma + ((1 - share.red) * (v - 128)) / 112;
  const green = (luma - share.red * red - share.blue * blue) / (1 - share.red - share.blue);
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

describe.each(COLOR_SPACES)("in %s", (colorSpace) => {
  const random = seeded(7);
  const colors = Array.from({ length: 8_000 }, () => [0, 1, 2].map(() => Math.floor(random() * 256)));
  const frameOfColor = (color: readonly number[]): VideoFrame =>
    VideoFrame.from(Uint8Array.from(color), { format: "rgb24", width: 1, height: 1, colorSpace });

  test("every RGB colour comes within half a step and a rounding of the exact luma and chroma", () => {
    let worst = 0;
    for (const color of colors) {
      const exact = exactYuv(color, colorSpace);
      frameOfColor(color)
        .to("i420")
        .forEach((value, index) => {
          worst = Math.max(worst, Math.abs(value - (exact[index] as number)));
        });
    }
    expect(worst).toBeLessThan(0.51);
  });

  test("every I420 colour, impossible ones too, comes within half a step and a rounding of the exact RGB", () => {
    const luma = Uint8Array.from({ length: 512 }, (_, index) => index >> 1);
    let worst = 0;
    for (let u = 0; u < 256; u += 15) {
      for (let v = 0; v < 256; v += 15) {
        const samples = [...luma, ...Array<number>(256).fill(u), ...Array<number>(256).fill(v)];
        const init = { format: "i420", width: 512, height: 1, colorSpace } as const;
        const rgb = VideoFrame.from(Uint8Array.from(samples), init).to("rgb24");
        for (let y = 0; y < 256; y += 1) {
          exactRgb([y, u, v], colorSpace).forEach((exact, channel) => {
            worst = Math.max(worst, Math.abs((rgb[6 * y + channel] as number) - exact));
          });
        }
      }
    }
    expect(worst).toBeLessThan(0.51);
  });

  test("a colour survives the way to I420 and back within two steps", () => {
    let worst = 0;
    for (const color of colors) {
      frameOfColor(color)
        .to("rgb24")
        .forEach((value, index) => {
          worst = Math.max(worst, Math.abs(value - (color[index] as number)));
        });
    }
    expect(worst).toBeLessThanOrEqual(2);
  });

  test("what is drawn into a picture has its colour", () => {
    const orange = VideoFrame.from(
      Uint8Array.from({ length: 192 }, (_, index) => [250, 120, 30][index % 3] as number),
      {
        format: "rgb24",
        width: 8,
        height: 8,
        colorSpace: colorSpace === "bt601" ? "bt709" : "bt601",
      },
    );
    const black = VideoFrame.from(new Uint8Array(64 * 64), { format: "gray8", width: 64, height: 64, colorSpace });
    const drawn = black.overlay(orange).caption("█", { size: 50, margin: 0, color: [250, 120, 30] });
    const pixels = drawn.to("rgb24");
    const colorAt = (x: number, y: number): number[] => [...pixels.subarray(3 * (64 * y + x), 3 * (64 * y + x) + 3)];
    const off = [colorAt(3, 3), colorAt(40, 40)].map((color) =>
      Math.max(...color.map((value, index) => Math.abs(value - ([250, 120, 30][index] as number)))),
    );
    expect({ off: off.map((steps) => steps <= 3), colorSpace: drawn.colorSpace }).toEqual({
      off: [true, true],
      colorSpace,
    });
  });
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
