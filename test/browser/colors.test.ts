import { afterAll, beforeAll, expect, test } from "vitest";
import { Stream, type VideoFrame } from "../../src/index.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { type CallState, callUntil, startCall } from "./call.ts";
import { type LaunchedChromium, launchChromium } from "./chromium.ts";

let chromium: LaunchedChromium;
beforeAll(async () => {
  chromium = await launchChromium();
});
afterAll(() => chromium[Symbol.asyncDispose]());

/** Where BT.601 and BT.709 differ most: read by the other one they are off by 20 and more. */
const PAINTED = [
  [0, 135, 0],
  [190, 30, 30],
  [30, 160, 120],
  [128, 128, 128],
] as const;

const areNear = (quarters: readonly (readonly number[])[]): boolean =>
  quarters.length === PAINTED.length &&
  PAINTED.every((color, quarter) =>
    color.every((value, channel) => Math.abs(value - (quarters[quarter]?.[channel] ?? -1000)) <= 12),
  );

/** The colours in the middle of each quarter. */
function quartersOf(frame: VideoFrame): number[][] {
  const pixels = frame.to("rgb24");
  return [0, 1, 2, 3].map((quarter) => {
    const x = Math.floor(((quarter % 2) * 0.5 + 0.25) * frame.width);
    const y = Math.floor((Math.floor(quarter / 2) * 0.5 + 0.25) * frame.height);
    return [...pixels.subarray((y * frame.width + x) * 3).subarray(0, 3)];
  });
}

test.each(["VP8", "H264/packetization-mode=1;profile-level-id=42e01f"])(
  "a canvas, which Chromium sends in BT.709 and full range, reaches handler and page in its colours with %s",
  async (codec) => {
    let seen: number[][] = [];
    const stream = new Stream({
      handler: (frame: VideoFrame) => {
        seen = quartersOf(frame);
        return frame;
      },
      modality: "video",
      logger: new RecordingLogger(),
    });
    await using server = await stream.ui.launch({ port: 0, printUrl: false, handleSignals: false });
    const page = await chromium.browser.newPage();
    await page.goto(`${server.url}/healthz`);
    const [a, b, c, d] = PAINTED.map((color) => `rgb(${color.join(" ")})`);
    await startCall(page, { codecs: [codec], quarters: [a ?? "", b ?? "", c ?? "", d ?? ""] });
    const cameBack = ({ quarters }: CallState): boolean => areNear(quarters) && areNear(seen);
    const { quarters } = await callUntil(page, cameBack).catch((error: unknown) => {
      throw new Error(`The handler saw ${JSON.stringify(seen)}.`, { cause: error });
    });
    expect(quarters).toHaveLength(4);
    await page.close();
  },
);
