import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { AdditionalOutputs, number, Stream, VideoFrame } from "../../src/index.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { visitPages } from "./visited-pages.ts";

const pages = visitPages();

/** The color in the middle of the picture that the page shows. */
const middle = (page: Page): Promise<number[] | undefined> =>
  page.evaluate(() => {
    const video = document.querySelector<HTMLVideoElement>("video.picture");
    const context = new OffscreenCanvas(64, 64).getContext("2d");
    if (!video || video.videoWidth === 0 || !context) return undefined;
    context.drawImage(video, 0, 0, 64, 64);
    return [...context.getImageData(32, 32, 1, 1).data].slice(0, 3);
  });

function filled(red: number, green: number, blue: number): VideoFrame {
  const pixels = Uint8Array.from({ length: 320 * 240 * 3 }, (_, at) => [red, green, blue][at % 3] ?? 0);
  return VideoFrame.from(pixels, { format: "rgb24", width: 320, height: 240 });
}

test.each([
  ["a generator", "generator"],
  ["a function called for each picture", "function"],
])("video in mode receive shows the pictures of %s, and no camera is asked for", async (_name, kind) => {
  const orange = filled(230, 120, 20);
  const generator = function* (): Generator<VideoFrame, void, undefined> {
    for (;;) yield orange;
  };
  const page = await pages.open(
    new Stream({
      modality: "video",
      mode: "receive",
      handler: kind === "generator" ? generator : () => orange,
      logger: new RecordingLogger(),
    }),
  );
  await page.getByRole("button", { name: "Play" }).click();
  await page.locator('.stage[data-shows="true"]').waitFor();
  const far = async (): Promise<number> => {
    const color = (await middle(page)) ?? [0, 0, 0];
    return Math.max(...[230, 120, 20].map((wanted, index) => Math.abs((color[index] ?? 0) - wanted)));
  };
  await expect.poll(far).toBeLessThan(16);
  expect(await page.locator(".own").count()).toBe(0);
});

test("video in mode send hands the camera's pictures to the handler, and nothing comes back", async () => {
  const page = await pages.open(
    new Stream({
      modality: "video",
      mode: "send",
      additionalOutputs: [number()],
      handler: (frame) => {
        const pixels = frame.to("rgb24");
        const at = (frame.width * 10 + Math.floor(frame.width / 2)) * 3; // Above the middle Chromium's camera is green.
        return [frame, new AdditionalOutputs((pixels[at + 1] ?? 0) - (pixels[at] ?? 0))];
      },
      logger: new RecordingLogger(),
    }),
  );
  await page.getByRole("button", { name: "Record" }).click();
  const told = async (): Promise<number> => Number(await page.locator(".output-number").innerText());
  await expect.poll(told).toBeGreaterThan(80);
  const received = await page.evaluate(() => document.querySelectorAll("video.picture").length);
  expect(received).toBe(1); // One's own, large.
});
