import { once } from "node:events";
import { createServer, type IncomingMessage, request as httpRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { ReplyOnPause, Stream } from "../../src/index.ts";
import { RecordingLogger } from "../support/recording-logger.ts";

const newStream = () =>
  new Stream({
    modality: "audio",
    handler: new ReplyOnPause((audio) => audio),
    metrics: true,
    logger: new RecordingLogger(),
  });

/** Asks for a path as it is written: fetch would tidy it up. */
async function ask(server: Server, method: string, path: string): Promise<number | undefined> {
  const { port } = server.address() as AddressInfo;
  const sent = httpRequest({ host: "127.0.0.1", port, path, method, agent: false }).end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

test("what an Express application guards by a prefix is not reached by a path that only leads there", async () => {
  const stream = newStream();
  const app = express();
  app.use("/rtc", (_request, response) => void response.status(401).end());
  stream.mount(app, { path: "/rtc", page: true });
  const server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  const statuses: unknown[] = [];
  for (const path of [
    "/rtc/webrtc/offer",
    "/x/../rtc/webrtc/offer",
    "/x/%2e%2E/rtc/webrtc/offer",
    "/x/.%2e/rtc/webrtc/offer",
    "/./rtc/webrtc/offer",
    "/x/..\\rtc/webrtc/offer",
    "/rtc\\webrtc\\offer",
  ])
    statuses.push([path, await ask(server, "POST", path)]);
  expect(statuses).toEqual([
    ["/rtc/webrtc/offer", 401],
    ["/x/../rtc/webrtc/offer", 404],
    ["/x/%2e%2E/rtc/webrtc/offer", 404],
    ["/x/.%2e/rtc/webrtc/offer", 404],
    ["/./rtc/webrtc/offer", 404],
    ["/x/..\\rtc/webrtc/offer", 404],
    ["/rtc\\webrtc\\offer", 404],
  ]);
  expect(await ask(server, "GET", "/x/../rtc/metrics")).toBe(404);
  server.close();
  await stream.close();
});

test("a query may hold what a path may not, and names may begin with dots", async () => {
  const stream = newStream();
  const server = createServer((_request, response) => response.writeHead(418).end());
  stream.mount(server, { path: "/.well/rtc" });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  expect(await ask(server, "GET", "/.well/rtc/healthz?at=/../x\\y")).toBe(200);
  expect(await ask(server, "GET", "/.well/./rtc/healthz")).toBe(418);
  const { port } = server.address() as AddressInfo;
  const upgrade = httpRequest({
    host: "127.0.0.1",
    port,
    path: "/x/../.well/rtc/websocket/offer",
    headers: { connection: "upgrade", upgrade: "websocket", "sec-websocket-version": "13", "sec-websocket-key": "x" },
  }).end();
  const [refused] = (await once(upgrade, "response")) as [IncomingMessage];
  expect(refused.statusCode).toBe(404);
  refused.resume();
  server.close();
  server.closeAllConnections();
  await stream.close();
});

test("the server that stream.ui.launch() starts asks who opens a WebSocket, and from which page", async () => {
  const stream = new Stream({
    modality: "audio",
    handler: new ReplyOnPause((audio) => audio),
    authenticate: ({ headers }) => headers.get("authorization"),
    logger: new RecordingLogger(),
  });
  await using launched = await stream.ui.launch({ port: 0, printUrl: false, handleSignals: false });
  const open = async (headers: Record<string, string>): Promise<number | undefined> => {
    const socket = new WebSocket(`${launched.url.replace("http", "ws")}/websocket/offer`, { headers });
    socket.on("error", () => {}); // Of a refusal it follows.
    const status = await new Promise<number | undefined>((resolve) => {
      socket.once("open", () => resolve(101));
      socket.once("unexpected-response", (_request, response) => resolve(response.statusCode));
    });
    socket.terminate();
    return status;
  };
  expect(await open({})).toBe(401);
  expect(await open({ authorization: "ada", origin: "https://evil.example" })).toBe(403);
  expect(await open({ authorization: "ada" })).toBe(101);
});
