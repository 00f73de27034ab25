import { type RequestListener, type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Hono } from "hono";
import { afterEach, describe, expect, test } from "vitest";
import { type MountableApp, mountRoutes } from "../../src/frameworks/mount.ts";
import { Routes } from "../../src/server/routes.ts";
import { echoService } from "../support/echo-service.ts";
import { RecordingLogger } from "../support/recording-logger.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

const mountAt = (app: MountableApp, basePath: string): void =>
  mountRoutes(app, new Routes(echoService(), { basePath, page: false }), new RecordingLogger());

async function listen(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const offer = { method: "POST", body: '{"type":"offer"}' };
/** An application's own route, which reads its body itself. */
const echoBody: RequestListener = (request, response) => {
  request.pipe(response);
};

describe("mounted on node:http", () => {
  test.each([
    ["before", "the mount"],
    ["after", "the mount"],
  ])("leaves requests of listeners added %s %s alone, bodies included", async (when) => {
    const server = createServer();
    if (when === "before") server.on("request", echoBody);
    mountAt(server, "/a");
    mountAt(server, "/b");
    if (when === "after") server.on("request", echoBody);
    const url = await listen(server);
    expect(await (await fetch(`${url}/a/webrtc/offer`, offer)).json()).toEqual({ type: "answer", sdp: "v=0" });
    expect(await (await fetch(`${url}/b/healthz`)).json()).toMatchObject({ status: "ok" });
    expect(await (await fetch(`${url}/input_hook`, { method: "POST", body: "own" })).text()).toBe("own");
  });

  test("turns an upload of 10 MB down without reading it to its end", async () => {
    const server = createServer(echoBody);
    mountAt(server, "");
    const url = await listen(server);
    const response = await fetch(`${url}/webrtc/offer`, { method: "POST", body: "x".repeat(10_000_000) }).catch(
      () => undefined,
    );
    // The connection may be cut while the client still writes; then it has seen no answer.
    if (response) expect(response.status).toBe(413);
    expect(await (await fetch(`${url}/healthz`)).json()).toMatchObject({ status: "ok" });
  });

  test("answers a request whose Host header makes no URL", async () => {
    const server = createServer(echoBody);
    mountAt(server, "");
    const { port } = new URL(await listen(server));
    const { connect } = await import("node:net");
    const socket = connect(Number(port), "127.0.0.1");
    socket.write("GET /healthz HTTP/1.1\r\nHost: []]:\r\nConnection: close\r\n\r\n");
    let text = "";
    for await (const chunk of socket) text += String(chunk);
    expect(text).toMatch(/^HTTP\/1.1 200 /);
  });
});

describe("mounted on Hono", () => {
  test("serves its routes and leaves the others to the application", async () => {
    const app = new Hono();
    mountAt(app, "/rtc");
    app.post("/input_hook", async (context) => context.text(await context.req.text()));
    expect(await (await app.request("/rtc/webrtc/offer", offer)).json()).toEqual({ type: "answer", sdp: "v=0" });
    expect(await (await app.request("/rtc/healthz")).json()).toMatchObject({ status: "ok" });
    expect(await (await app.request("/input_hook", { method: "POST", body: "own" })).text()).toBe("own");
    expect((await app.request("/elsewhere")).status).toBe(404);
  });
});

test("an application of another kind is refused with what to do instead", () => {
  expect(() => mountAt({} as MountableApp, "")).toThrow("stream.fetch(request)");
});
