// `npm run test:python-server`: the page of examples/browser, in Chromium, against Python's FastRTC and against this package.
// Not part of `npm test`, since it needs Python 3 and, the first time, a minute to install FastRTC into the user's cache.
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { launchChromium } from "../test/browser/chromium.ts";
import { preparePeerEnvironment } from "../bench/servers/fastrtc-environment.ts";
import { buildWhatIsStale } from "./build-package.ts";
import { projectPath } from "./project.ts";

interface Server {
  readonly name: string;
  readonly url: string;
  close(): Promise<void>;
}

/** What the page has to show, by the query that it is opened with. */
const CHECKS: readonly (readonly [query: string, expected: Readonly<Record<string, unknown>>])[] = [
  ["path=/video&input=40", { state: "connected", transport: "webrtc" }],
  ["path=/audio&modality=audio", { state: "connected", transport: "webrtc", codecs: ["opus"] }],
  ["path=/audio&modality=audio&transport=websocket", { state: "connected", transport: "websocket" }],
];
const PATIENCE_MS = 30_000;
const page = projectPath("examples/browser/index.html");
const client = projectPath("dist/browser/client.js");

await buildWhatIsStale((name) => console.log(`Building the ${name} ...`));
const chromium = await launchChromium({ args: ["--autoplay-policy=no-user-gesture-required"] });
let failed = 0;
for (const start of [startOurs, startPython]) {
  const server = await start();
  for (const [query, expected] of CHECKS) {
    const problem = await check(`${server.url}/?${query}`, expected);
    console.log(`${problem === undefined ? "ok    " : "FAILED"} ${server.name} ${query} ${problem ?? ""}`);
    if (problem !== undefined) failed += 1;
  }
  await server.close();
}
await chromium[Symbol.asyncDispose]();
console.log(`${CHECKS.length * 2 - failed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);

/** Opens the page and waits for what it has to show, and for media that move; returns what is wrong. */
async function check(url: string, expected: Readonly<Record<string, unknown>>): Promise<string | undefined> {
  const tab = await chromium.browser.newPage();
  await tab.goto(url);
  await tab.getByRole("button").click();
  const deadline = performance.now() + PATIENCE_MS;
  let seen = "";
  while (performance.now() < deadline) {
    seen = await tab.locator("output").innerText();
    const shown = seen.startsWith("{") ? (JSON.parse(seen) as Record<string, unknown>) : {};
    const isRight = Object.entries(expected).every(
      ([name, value]) => JSON.stringify(shown[name]) === JSON.stringify(value),
    );
    // Sound that is made up of silence plays on as well: what comes tells.
    const moves = await tab.evaluate<boolean>('document.querySelector("video").currentTime > 1');
    const comes = Number(shown["inboundBitrate"]) > 20_000;
    if (isRight && moves && comes) {
      await tab.close();
      return undefined;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await tab.close();
  return seen;
}

async function startOurs(): Promise<Server> {
  const { Stream, slider } = await import("../src/index.ts");
  const { AudioEcho } = await import("../test/python/audio-echo.ts");
  const video = new Stream({
    modality: "video",
    additionalInputs: [slider({ maximum: 255 })],
    handler: (frame, value) => frame.flip("vertical").caption(String(value)),
    concurrencyLimit: 10,
  });
  const audio = new Stream({ modality: "audio", handler: new AudioEcho(), concurrencyLimit: 10 });
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    if (path === "/input_hook") {
      request.setEncoding("utf8").once("data", (text: string) => {
        const { webrtc_id: id, value } = JSON.parse(text) as { webrtc_id: string; value: number };
        video.setInput(id, value);
        response.end("{}");
      });
      return;
    }
    response.setHeader("content-type", path === "/client.js" ? "text/javascript" : "text/html");
    readFile(path === "/client.js" ? client : page).then(
      (bytes) => response.end(bytes),
      (error: unknown) => response.destroy(error as Error),
    );
  });
  video.mount(server, { path: "/video" });
  audio.mount(server, { path: "/audio" });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    name: "fastrtc for TypeScript",
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      await Promise.all([video.close(), audio.close()]);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function startPython(): Promise<Server> {
  const python = await preparePeerEnvironment();
  const port = 20_000 + (process.pid % 10_000);
  const program = spawn(python, [projectPath("test/python/server.py"), page, client], {
    env: { ...process.env, PORT: String(port) },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const url = `http://127.0.0.1:${port}`;
  const deadline = performance.now() + 120_000;
  while (
    !(await fetch(`${url}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (program.exitCode !== null || performance.now() > deadline) throw new Error("Python's server did not start.");
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return {
    name: "Python's FastRTC",
    url,
    close: async () => {
      const { received } = (await (await fetch(`${url}/healthz`)).json()) as { received: readonly number[] };
      console.log(`Python's server was given the inputs ${received.join(", ") || "none"}`);
      program.kill();
      await new Promise((resolve) => program.once("exit", resolve));
    },
  };
}
