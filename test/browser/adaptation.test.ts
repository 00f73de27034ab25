import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { NetworkConditions } from "../../bench/network/network-conditions.ts";
import type { RelayPath } from "../../bench/network/relay-path.ts";
import { Stream, VideoFrame } from "../../src/index.ts";
import type { DegradationPreference } from "../../src/session/media-options.ts";
import { SeededRandom } from "../rtp/support/seeded-random.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { callUntil, startCall } from "./call.ts";
import { type LaunchedChromium, launchChromium } from "./chromium.ts";
import { relayCalls } from "./relayed-call.ts";

let chromium: LaunchedChromium;
beforeAll(async () => {
  chromium = await launchChromium();
});
afterAll(() => chromium[Symbol.asyncDispose]());

const NARROW: NetworkConditions = { delayMs: 10, rateBps: 120_000 };
const WIDE: NetworkConditions = { delayMs: 10 };
const FULL_WIDTH = 640;
/** How long each change may take: some seconds, on a machine that has nothing else to do. */
const PATIENCE_MS = 100_000;
const WEBRTC_ID = "me";
/** Over how many pictures of the handler those that left are counted. */
const WINDOW = 40;

/** Pictures of blocks that are never where they were, so that no encoder has bits to spare. */
const restless = Array.from({ length: 6 }, (_, number) => {
  const random = new SeededRandom(number + 1);
  const frame = VideoFrame.allocate(FULL_WIDTH, 480);
  const { y, u, v, strideY } = frame.planes;
  const blocks = Array.from({ length: 80 * 60 }, () => 40 + 160 * random.next());
  for (let at = 0; at < y.length; at += 1) {
    y[at] = blocks[Math.floor(at / strideY / 8) * 80 + Math.floor((at % strideY) / 8)] ?? 0;
  }
  u.fill(128);
  v.fill(128);
  return frame;
});

/** A call through a narrow line, whose handler gives restless pictures; `handled` counts them. */
async function call(degradationPreference: DegradationPreference) {
  const counts = { handled: 0 };
  const stream = new Stream({
    handler: () => restless[counts.handled++ % restless.length] ?? null,
    modality: "video",
    rtpParams: { degradationPreference },
    logger: new RecordingLogger(),
  });
  const server = await stream.ui.launch({ port: 0, printUrl: false, handleSignals: false });
  const page = await chromium.browser.newPage();
  const paths = await relayCalls(page, NARROW);
  await page.goto(`${server.url}/healthz`);
  await startCall(page, { webrtcId: WEBRTC_ID });
  return {
    page,
    widen: () => pathOf(paths).change(WIDE),
    /** What share of the handler's pictures has left, of the next `WINDOW`. */
    async sentShare(): Promise<number> {
      const sent = (): number => stream.stats(WEBRTC_ID)?.outbound.video?.frames ?? 0;
      const [handledBefore, sentBefore] = [counts.handled, sent()];
      while (counts.handled < handledBefore + WINDOW) await refresh(page);
      return (sent() - sentBefore) / (counts.handled - handledBefore);
    },
    async [Symbol.asyncDispose]() {
      await page.close();
      await server.close();
      await Promise.all(paths.map((path) => path[Symbol.asyncDispose]()));
    },
  };
}

function pathOf(paths: readonly RelayPath[]): RelayPath {
  const [path] = paths;
  if (!path) throw new Error("nobody called through the relay");
  return path;
}

const refresh = (page: Page): Promise<unknown> =>
  page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));

describe("on a line that becomes narrow and wide again", { timeout: 3 * PATIENCE_MS }, () => {
  test("maintain-framerate sends smaller pictures, and then whole ones again", async () => {
    await using calling = await call("maintain-framerate");
    const { page } = calling;
    const small = await callUntil(page, ({ width }) => width > 0 && width < FULL_WIDTH, PATIENCE_MS);
    expect([480, 320, 240, 160]).toContain(small.width);
    calling.widen();
    const { width, height } = await callUntil(page, (state) => state.width === FULL_WIDTH, PATIENCE_MS);
    expect([width, height]).toEqual([FULL_WIDTH, 480]);
  });

  test("maintain-resolution sends fewer pictures, all of them whole, and then each one again", async () => {
    await using calling = await call("maintain-resolution");
    const { page } = calling;
    const widths = new Set<number>();
    const shareUntil = async (check: (share: number) => boolean): Promise<number> => {
      const deadline = performance.now() + PATIENCE_MS;
      for (;;) {
        const share = await calling.sentShare();
        const { width } = await callUntil(page, (state) => state.width > 0, PATIENCE_MS);
        widths.add(width);
        if (check(share)) return share;
        if (performance.now() > deadline) throw new Error(`Of the pictures ${share} leave.`);
      }
    };
    expect(await shareUntil((share) => share < 0.7)).toBeLessThan(0.7);
    calling.widen();
    expect(await shareUntil((share) => share > 0.9)).toBeGreaterThan(0.9);
    expect([...widths]).toEqual([FULL_WIDTH]);
  });
});
