import { fileURLToPath } from "node:url";
import type { CDPSession } from "playwright-core";
import { Chromium } from "../process/chromium.ts";
import type { ServerUnderTest } from "../servers/server-under-test.ts";

/** What Lighthouse calls slow 4G: how a phone is on a bad day. */
const SLOW_4G = { latency: 150, downloadThroughput: (1.6 * 1e6) / 8, uploadThroughput: 750e3 / 8, offline: false };

const WATCH_LOAD = fileURLToPath(new URL("../page/watch-load.js", import.meta.url));

export interface PageLoadResult {
  readonly network: "loopback" | "slow 4G";
  /** How much slower the browser's CPU was made. */
  readonly cpuSlowdown: number;
  readonly requests: number;
  /** What went over the network, headers and all. */
  readonly bytes: number;
  /** One value per load, in milliseconds since the address was opened. */
  readonly firstContentMs: readonly number[];
  /** The button that starts the stream can be pressed. */
  readonly usableMs: readonly number[];
  /** How long tasks kept the page from answering, beyond 50 ms each. */
  readonly blockedMs: readonly number[];
}

/** What `watch-load.js` notes. */
interface PageTimes {
  readonly firstContentMs: number;
  readonly usableMs: number;
  readonly blockedMs: number;
}

interface PageLoad extends PageTimes {
  readonly requests: number;
  readonly bytes: number;
}

/** Opens the built-in page with an empty cache, by a fast and by a slow network, each with a slow CPU. */
export async function measurePageLoad(
  { url }: ServerUnderTest,
  { loads, cpuSlowdown }: { readonly loads: number; readonly cpuSlowdown: number },
): Promise<PageLoadResult[]> {
  await using chromium = await Chromium.launch();
  const results: PageLoadResult[] = [];
  for (const network of ["loopback", "slow 4G"] as const) {
    await loadOnce(chromium, url, network, cpuSlowdown); // The server and the browser have read their files then.
    const all: PageLoad[] = [];
    for (let load = 0; load < loads; load++) all.push(await loadOnce(chromium, url, network, cpuSlowdown));
    results.push({
      network,
      cpuSlowdown,
      requests: all[0]?.requests ?? 0,
      bytes: all[0]?.bytes ?? 0,
      firstContentMs: all.map(({ firstContentMs }) => firstContentMs),
      usableMs: all.map(({ usableMs }) => usableMs),
      blockedMs: all.map(({ blockedMs }) => blockedMs),
    });
  }
  return results;
}

async function loadOnce(
  chromium: Chromium,
  url: string,
  network: PageLoadResult["network"],
  cpuSlowdown: number,
): Promise<PageLoad> {
  const context = await chromium.browser.newContext();
  try {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send("Network.enable");
    await session.send("Emulation.setCPUThrottlingRate", { rate: cpuSlowdown });
    if (network === "slow 4G") await session.send("Network.emulateNetworkConditions", SLOW_4G);
    const traffic = countTraffic(session);
    await page.addInitScript({ path: WATCH_LOAD });
    await page.goto(url, { waitUntil: "load" });
    await page.locator(".record:enabled").waitFor();
    await page.waitForLoadState("networkidle");
    await page.waitForFunction("pageLoad.firstContentMs > 0");
    const times = await page.evaluate<PageTimes>("pageLoad");
    return { ...times, ...traffic() };
  } finally {
    await context.close();
  }
}

function countTraffic(session: CDPSession): () => { requests: number; bytes: number } {
  let [requests, bytes] = [0, 0];
  session.on("Network.requestWillBeSent", () => (requests += 1));
  session.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  return () => ({ requests, bytes });
}
