import { type Browser, chromium } from "playwright-core";
import type { NetworkNamespace } from "../support/network-namespace.ts";
import { findChromium } from "../../scripts/chromium-path.ts";

const FLAGS = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-fake-ui-for-media-stream",
  "--use-fake-device-for-media-stream",
];

export interface LaunchChromiumOptions {
  /** The machine that it runs on. @default this one */
  readonly namespace?: NetworkNamespace;
  /** More variables of its environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** More command line flags. */
  readonly args?: readonly string[];
  /** What the camera sees, over and over: an uncompressed .y4m file or .mjpeg. @default Chromium's green test picture */
  readonly cameraFile?: string;
  /** What the microphone hears, over and over: a .wav file. @default Chromium's beeps */
  readonly microphoneFile?: string;
}

/** A browser of its own, with a fresh profile that goes when it is disposed of. */
export interface LaunchedChromium extends AsyncDisposable {
  readonly browser: Browser;
  /** The browser's main process. */
  readonly pid: number;
  /** Ends all its processes at once, the way a crash or a power cut does: no page says goodbye. Resolves when they have ended. */
  kill(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts Chromium or Chrome with a fake camera and microphone that every page may use without asking.
 * @throws {Error} when none is installed; `npm test` sees to that beforehand.
 */
export async function launchChromium(options: LaunchChromiumOptions = {}): Promise<LaunchedChromium> {
  const executablePath = findChromium();
  if (executablePath === undefined)
    throw new Error("No Chromium or Chrome was found. Install it or set CHROMIUM_PATH.");
  const { namespace, env } = options;
  const server = await chromium.launchServer({
    executablePath: namespace ? await namespace.wrap(executablePath) : executablePath,
    ...(env && { env: { ...process.env, ...env } }),
    args: flags(options),
    ignoreDefaultArgs: ["--headless"],
    handleSIGINT: false,
    handleSIGTERM: false,
  });
  const browser = await chromium.connect(server.wsEndpoint());
  const { pid } = server.process();
  if (pid === undefined) throw new Error("Chromium did not start.");
  return {
    browser,
    pid,
    kill: () => server.kill(),
    [Symbol.asyncDispose]: () => server.close(), // Harmless when it has been killed.
  };
}

function flags({ args = [], cameraFile, microphoneFile }: LaunchChromiumOptions): string[] {
  const all = [...FLAGS, ...args];
  if (cameraFile !== undefined) all.push(`--use-file-for-fake-video-capture=${cameraFile}`);
  if (microphoneFile !== undefined) all.push(`--use-file-for-fake-audio-capture=${microphoneFile}`);
  return all;
}
