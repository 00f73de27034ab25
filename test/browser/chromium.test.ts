import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { launchChromium } from "./chromium.ts";

// Cameras need a secure context: a page on loopback is one, about:blank is not.
const server = createServer((_request, response) =>
  response.setHeader("content-type", "text/html").end("<title>Page</title>"),
);
let url = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address === "object" && address) url = `http://127.0.0.1:${address.port}/`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

it("gives every page a camera and a microphone without asking", async () => {
  await using chromium = await launchChromium();
  const page = await chromium.browser.newPage();
  await page.goto(url);
  const tracks = await page.evaluate(async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 480 } });
    const [video] = stream.getVideoTracks();
    return { kinds: stream.getTracks().map(({ kind }) => kind), width: video?.getSettings().width };
  });
  expect(tracks).toEqual({ kinds: ["audio", "video"], width: 640 });
});

it("leaves no process and no profile behind when it is killed, and closing it then is harmless", async () => {
  const folder = mkdtempSync(join(tmpdir(), "fastrtc-test-"));
  vi.stubEnv("TMPDIR", folder);
  try {
    await using chromium = await launchChromium();
    expect(profiles(folder)).toHaveLength(1);
    await chromium.kill();
    expect(isRunning(chromium.pid)).toBe(false);
  } finally {
    vi.unstubAllEnvs();
  }
  expect(profiles(folder)).toEqual([]);
  rmSync(folder, { recursive: true }); // Chromium's own lock outlives a kill.
});

function profiles(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.includes("profile"));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
