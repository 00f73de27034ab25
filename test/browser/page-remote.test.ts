import { expect, test } from "vitest";
import { Stream, type VideoFrame } from "../../src/index.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { isIdle, isLive, start, visitPages } from "./visited-pages.ts";

const pages = visitPages();
const options = { modality: "video", handler: (frame: VideoFrame) => frame, logger: new RecordingLogger() } as const;

test("a page that waits is opened by the server, and again when its visitor has ended the stream", async () => {
  const stream = new Stream({ ...options, concurrencyLimit: 2, uiArgs: { remoteOpen: true } });
  const server = await stream.ui.launch({ port: 0, printUrl: false, handleSignals: false });
  pages.cleanUp(() => server.close());
  const [lobby, door] = [await pages.visit(`${server.url}/?visitor=lobby`), await pages.visit(`${server.url}/`)];
  await lobby.getByText("The server may start it as well.").waitFor();
  await expect.poll(() => stream.openPages("lobby")).toBe(1);
  await isLive(lobby);
  await isIdle(door);
  await start(lobby); // The visitor ends it, and the page waits again.
  await isIdle(lobby);
  await expect.poll(() => stream.openPages("lobby")).toBe(1);
  await isLive(lobby);
  await expect.poll(() => stream.openPages()).toBe(1);
  await isLive(door);
});

test("no page waits where its stream does not ask for that", async () => {
  const stream = new Stream(options);
  const page = await pages.open(stream);
  expect(await page.evaluate(async () => (await fetch("waiting")).status)).toBe(404);
  expect(() => stream.openPages()).toThrow("uiArgs.remoteOpen");
});
