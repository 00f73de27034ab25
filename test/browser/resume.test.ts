import { expect, test } from "vitest";
import { getCurrentContext, type SessionContext, Stream, type VideoFrame } from "../../src/index.ts";
import { NetworkNamespace } from "../support/network-namespace.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { launchChromium } from "./chromium.ts";
import { ClientPageServer, clientUntil, startClient } from "./client-page.ts";

const HOST = "10.213.7.1";

/** Within this long of the change the picture has to be back, in milliseconds. */
const PICTURE_BACK_MS = 15_000;

test("a page whose address changes goes on with its session and its handler, and the picture is back", async () => {
  await using namespace = await NetworkNamespace.create();
  const cable = await namespace.cable(["10.213.7.2/24"], { there: [`${HOST}/24`] });
  const logger = new RecordingLogger();
  const contexts = new Set<SessionContext>();
  const stream = new Stream({
    handler: (frame: VideoFrame) => {
      contexts.add(getCurrentContext());
      return frame;
    },
    modality: "video",
    concurrencyLimit: 1,
    logger,
  });
  await using server = await ClientPageServer.start(stream, HOST);
  await using chromium = await launchChromium({
    namespace,
    args: [`--unsafely-treat-insecure-origin-as-secure=${server.url}`],
  });
  const page = await chromium.browser.newPage();
  await startClient(page, server.url);
  const before = await clientUntil(page, ({ state, frames }) => state.type === "connected" && frames > 30);

  await namespace.ip(`addr del 10.213.7.2/24 dev ${cable.here}`);
  await namespace.ip(`addr add 10.213.7.3/24 dev ${cable.here}`);
  await clientUntil(page, ({ history }) => history.includes("interrupted"));
  const { frames } = await clientUntil(page, ({ state }) => state.type === "connected" && !state.interrupted);
  const after = await clientUntil(page, (state) => state.frames > frames + 30, PICTURE_BACK_MS);
  expect(after.webrtcId).toBe(before.webrtcId);
  expect(after.history).toEqual(["connecting", "connected", "interrupted", "connected"]);
  expect(after.color[1]).toBeGreaterThan(120);
  expect(contexts.size).toBe(1);
  expect(stream.health()).toMatchObject({ sessions: 1, connected: 1 });
});
