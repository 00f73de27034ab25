import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { get } from "node:https";
import type { AddressInfo } from "node:net";
import { describe, expect, test, vi } from "vitest";
import { StreamHandler, Stream, type AudioFrame } from "../../src/index.ts";
import { typed } from "../cli/typed.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { ProxyProgram } from "./proxy-program.ts";

vi.setConfig({ testTimeout: 120_000 });

class Echo extends StreamHandler {
  override receive(_frame: AudioFrame): void {}
  override emit(): undefined {}
  override copy(): Echo {
    return new Echo();
  }
}

/** A voice Stream on a server that also sends an event and then nothing more. */
async function serve() {
  const stream = new Stream({ handler: new Echo(), modality: "audio", logger: new RecordingLogger() });
  const seen: IncomingMessage["headers"][] = [];
  let leave = (): void => {};
  const left = new Promise<void>((resolve) => (leave = resolve));
  const server = createServer((request, response) => {
    seen.push(request.headers);
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write("data: first\n\n");
    response.once("close", leave);
  });
  stream.mount(server, { page: true });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  await expect.poll(() => stream.health().status).toBe("ok"); // It loads its native parts first.
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    left,
    [Symbol.asyncDispose]: async () => {
      server.close();
      await stream.close();
      server.closeAllConnections();
    },
  };
}

describe.each(["nginx", "caddy"] as const)("behind a real %s with the configuration in deploy/", (name) => {
  test("the page, an offer, its call and a WebSocket come through", async () => {
    await using app = await serve();
    await using proxy = await ProxyProgram.start(name, app.port);
    const { printed } = await typed(`doctor ${proxy.url}`);
    const levels = printed
      .split("\n")
      .flatMap((line) => /^(ok|warning|PROBLEM) +([^:]+):/.exec(line)?.slice(1, 3).join(" ") ?? []);
    expect(levels).toEqual([
      "ok server",
      "PROBLEM certificate", // Nobody has signed it.
      "ok secure context",
      "ok limits",
      "ok WebSocket",
      "ok offer",
      "ok codecs",
      "ok WebRTC",
    ]);
  });

  test("a server-sent event arrives at once, and the server is told whose request it is", async () => {
    await using app = await serve();
    await using proxy = await ProxyProgram.start(name, app.port);
    const request = get(`${proxy.url}/events`, { rejectUnauthorized: false });
    const [response] = (await once(request, "response")) as [IncomingMessage];
    const [chunk] = (await once(response, "data")) as [Buffer]; // The response goes on: nothing else would bring it here.
    expect({ text: chunk.toString(), complete: response.complete }).toEqual({
      text: "data: first\n\n",
      complete: false,
    });
    request.destroy();
    await app.left; // The server is told that nobody listens any more.
    expect(app.seen[0]).toMatchObject({
      host: new URL(proxy.url).host,
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-proto": "https",
    });
  });
});
