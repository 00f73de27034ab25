import { afterEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { AdditionalOutputs, getCurrentContext, Stream, StreamHandler } from "../../src/index.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import type { RunningApp } from "./conformance.ts";
import { frameworks } from "./frameworks.ts";

/** Tells once what it knows of the request that its session began with. */
class Teller extends StreamHandler {
  #told = false;
  receive(): void {}
  emit(): AdditionalOutputs | null {
    if (this.#told) return null;
    this.#told = true;
    const { headers, transport } = getCurrentContext();
    return new AdditionalOutputs(transport, headers.get("x-user"));
  }
  copy(): Teller {
    return new Teller();
  }
}

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

describe.each(frameworks)("on $name", ({ prefix = "", start }) => {
  test.each([
    ["websocket", "websocket/offer", { event: "start", websocket_id: "peer" }],
    ["telephone", "telephone/handler", { event: "start", start: { streamSid: "peer" } }],
  ])("the headers of a %s reach its handler", async (transport, route, hello) => {
    const stream = new Stream({
      modality: "audio",
      handler: new Teller(),
      twilioAuthToken: null,
      logger: new RecordingLogger(),
    });
    const app: RunningApp = await start((mountable) => {
      stream.mount(mountable, { path: "/rtc" });
      return (request, socket, head) => stream.upgrade(request, socket, head, { path: `${prefix}/rtc` });
    });
    open.push(
      () => app.close(),
      () => stream.close(),
    );
    const outputs = stream.fetchLatestOutput("peer");
    const socket = new WebSocket(`ws://127.0.0.1:${app.port}${prefix}/rtc/${route}`, { headers: { "X-User": "7" } });
    socket.once("open", () => socket.send(JSON.stringify(hello)));
    expect((await outputs).args).toEqual([transport, "7"]);
    socket.terminate();
  });
});
