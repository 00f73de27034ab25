import { type Browser, type BrowserServer, chromium } from "playwright-core";
import { findChromium } from "../../scripts/chromium-path.ts";
import { processTree } from "./process-usage.ts";

const FLAGS = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-background-timer-throttling",
  "--disable-renderer-backgrounding",
  "--disable-backgrounding-occluded-windows",
  // A page with the camera's permission sees its own addresses; this page has no camera to ask for.
  "--disable-features=WebRtcHideLocalIpsWithMdns",
  "--autoplay-policy=no-user-gesture-required",
];

/** A real browser that the benchmark drives. */
export class Chromium implements AsyncDisposable {
  readonly browser: Browser;
  readonly #server: BrowserServer;

  private constructor(server: BrowserServer, browser: Browser) {
    this.#server = server;
    this.browser = browser;
  }

  static async launch(): Promise<Chromium> {
    const executablePath = findChromium();
    if (!executablePath) throw new Error("No Chromium found: install Debian's `chromium` or set CHROMIUM_PATH.");
    const server = await chromium.launchServer({ executablePath, args: FLAGS, ignoreDefaultArgs: ["--headless"] });
    return new Chromium(server, await chromium.connect(server.wsEndpoint()));
  }

  /** CPU and memory are read from here. */
  get pid(): number {
    const { pid } = this.#server.process();
    if (pid === undefined) throw new Error("Chromium has no process.");
    return pid;
  }

  /** Ends every process of the browser at once, as a crash or a pulled plug would: no connection says goodbye. */
  killAtOnce(): void {
    for (const pid of processTree(this.pid)) process.kill(pid, "SIGKILL");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close().catch(() => undefined);
    await this.#server.close().catch(() => undefined);
  }
}
