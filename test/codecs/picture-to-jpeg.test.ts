import { expect, test } from "vitest";
import { checkReturn, loadFfmpeg } from "../../src/codecs/ffmpeg.ts";
import { pictureToJpeg } from "../../src/codecs/picture-to-jpeg.ts";
import { VideoFrame } from "../../src/media/video-frame.ts";
import { testPicture } from "./test-pictures.ts";

interface Decoded {
  readonly width: number;
  readonly height: number;
  /** Y, Cb and Cr of a pixel, as the file holds them. */
  at(x: number, y: number): readonly number[];
}

/** What FFmpeg's decoder finds in a JPEG file. */
async function decode(jpeg: Uint8Array): Promise<Decoded> {
  const ffmpeg = await loadFfmpeg();
  const { lib, constants } = ffmpeg;
  const decoder = lib.Codec.findDecoder(constants.AV_CODEC_ID_MJPEG);
  using context = new lib.CodecContext();
  context.allocContext3(decoder);
  checkReturn(ffmpeg, context.open2Sync(decoder, null), "open the decoder");
  using packet = new lib.Packet();
  packet.alloc();
  packet.data = Buffer.from(jpeg);
  checkReturn(ffmpeg, context.sendPacketSync(packet), "decode");
  using picture = new lib.Frame();
  picture.alloc();
  checkReturn(ffmpeg, context.receiveFrameSync(picture), "decode");
  const planes = (picture.data ?? []).map((plane) => Buffer.from(plane));
  const strides = [...picture.linesize];
  const { width, height } = picture;
  return {
    width,
    height,
    at: (x, y) =>
      [0, 1, 1].map((shift, plane) => planes[plane]?.[(y >> shift) * (strides[plane] ?? 0) + (x >> shift)] ?? -1),
  };
}

/** Left red, right blue, with white below. */
function colours(colorSpace: "bt601" | "bt709"): VideoFrame {
  const [width, height] = [161, 121];
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      pixels.set(y >= 80 ? [255, 255, 255] : x < 80 ? [255, 0, 0] : [0, 0, 255], (y * width + x) * 3);
    }
  }
  return VideoFrame.from(pixels, { format: "rgb24", width, height, colorSpace });
}

test.each(["bt601", "bt709"] as const)(
  "a picture of %s becomes a JPEG file with JFIF's colours, and its odd size",
  async (colorSpace) => {
    const jpeg = await pictureToJpeg(colours(colorSpace), { quality: 100 });
    expect([...jpeg.subarray(0, 3), ...jpeg.subarray(-2)]).toEqual([0xff, 0xd8, 0xff, 0xff, 0xd9]);
    const decoded = await decode(jpeg);
    expect([decoded.width, decoded.height]).toEqual([161, 121]);
    // JFIF 1.02: red is 76, 85, 255; blue 29, 255, 107; white 255, 128, 128.
    // Within 5 steps of 256.
    const near = (values: readonly number[]): readonly unknown[] =>
      values.map((value): unknown => expect.closeTo(value, -1));
    expect(decoded.at(40, 40)).toEqual(near([76, 85, 255]));
    expect(decoded.at(120, 40)).toEqual(near([29, 255, 107]));
    expect(decoded.at(120, 110)).toEqual(near([255, 128, 128]));
  },
);

test("a picture that a viewer would turn is turned in the file", async () => {
  const { width, height, planes } = colours("bt601");
  const decoded = await decode(await pictureToJpeg(new VideoFrame({ planes, width, height, rotation: 90 })));
  expect([decoded.width, decoded.height]).toEqual([121, 161]);
  expect(decoded.at(10, 100)[0]).toBeGreaterThan(240); // What was below is on the left.
});

test("more quality takes more bytes; its frame may be released at once", async () => {
  const sizes: number[] = [];
  for (const quality of [1, 50, 80, 100]) {
    const picture = testPicture({ width: 320, height: 240, index: 3 });
    const jpeg = pictureToJpeg(picture, { quality });
    picture.release();
    sizes.push((await jpeg).length);
  }
  expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
  expect(new Set(sizes).size).toBe(4);
  await expect(pictureToJpeg(colours("bt601"), { quality: 0 })).rejects.toThrow("quality is a number from 1 to 100");
});
