import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { text as textOf } from "node:stream/consumers";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { expect, test } from "vitest";
import { type MountableApp, mountRoutes } from "../../src/frameworks/mount.ts";
import { upgradeListener } from "../../src/frameworks/upgrade.ts";
import { Stream } from "../../src/index.ts";
import { Routes } from "../../src/server/routes.ts";
import { echoService } from "../support/echo-service.ts";
import { RecordingLogger } from "../support/recording-logger.ts";

const mountAtRoot = (app: MountableApp): void =>
  mountRoutes(app, new Routes(echoService(), { basePath: "", page: false }), new RecordingLogger(), () => false);

test("answers a request whose Host header makes no URL", async () => {
  const server = createServer();
  mountAtRoot(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const socket = connect((server.address() as AddressInfo).port);
  socket.write("GET /healthz HTTP/1.1\r\nHost: []]:\r\nConnection: close\r\n\r\n");
  const answer = await textOf(socket);
  server.close();
  expect(answer).toMatch(/^HTTP\/1.1 200 /);
});

test("answers what Hono's own test client asks, and leaves other requests to the application", async () => {
  const app = new Hono();
  mountAtRoot(app);
  app.post("/input_hook", async (context) => context.text(await context.req.text()));
  const offer = { method: "POST", body: '{"type":"offer"}' };
  expect(await (await app.request("/webrtc/offer", offer)).json()).toEqual({ type: "answer", sdp: "v=0" });
  expect(await (await app.request("/input_hook", { method: "POST", body: "own" })).text()).toBe("own");
  expect((await app.request("/elsewhere")).status).toBe(404);
});

test("answers what Fastify injects, after the application's hooks and with what they set", async () => {
  const app = fastify();
  app.addHook("preHandler", async (request, reply) => {
    if (request.headers.authorization !== "yes") await reply.code(401).send("who?");
    else reply.header("access-control-allow-origin", "*");
  });
  mountAtRoot(app);
  const offer = { method: "POST", url: "/webrtc/offer", payload: { type: "offer" } } as const;
  expect((await app.inject(offer)).statusCode).toBe(401);
  const answered = await app.inject({ ...offer, headers: { authorization: "yes" } });
  expect([answered.headers["access-control-allow-origin"], answered.json()]).toEqual([
    "*",
    { type: "answer", sdp: "v=0" },
  ]);
});

test("a page at the root leaves the application's own pages alone, also on Fastify", async () => {
  const app = fastify();
  mountRoutes(app, new Routes(echoService(), { basePath: "", page: true }), new RecordingLogger(), () => false);
  app.get("/own", async () => "own");
  app.setNotFoundHandler((_request, reply) => reply.code(404).send("mine"));
  expect((await app.inject("/")).headers["content-security-policy"]).toContain("default-src");
  expect((await app.inject("/own")).payload).toBe("own");
  expect((await app.inject("/nothing")).payload).toBe("mine");
});

test.each([
  ["an empty object", {}, "an object of class Object"],
  ["nothing", undefined, "undefined"],
  ["the function that makes the application", createServer, "call it first"],
  ["a promise of it", Promise.resolve(), "await it"],
])("%s is refused with what it takes instead", (_what, app, said) => {
  const attempt = (): void => mountAtRoot(app as unknown as MountableApp);
  expect(attempt).toThrow(said);
  expect(attempt).toThrow("stream.fetch(request)");
});

test("a listener of upgrades is passed as it is, takes a request once, and leaves the others' to them", () => {
  const server = createServer();
  const taken: string[] = [];
  const listener = (path: string) =>
    upgradeListener((request) => {
      if (request.url !== path) return false;
      taken.push(path);
      return true;
    });
  const [a, b] = [listener("/a"), listener("/b")];
  server.on("upgrade", a).on("upgrade", b).on("upgrade", a);
  const others: string[] = [];
  const upgrade = (url: string): string => {
    let written = "";
    const socket = { end: (text: string) => (written = text), on: () => undefined };
    server.emit("upgrade", { url }, socket, Buffer.alloc(0));
    return written.slice(0, 12);
  };
  expect([upgrade("/a"), upgrade("/b"), upgrade("/c"), taken]).toEqual(["", "", "HTTP/1.1 404", ["/a", "/b"]]);
  server.on("upgrade", ({ url }: { url: string }) => others.push(url));
  expect([upgrade("/c"), others]).toEqual(["", ["/c"]]);
});

test("a Stream on Express takes WebSockets by one more line, and turns down what is not its own", async () => {
  const stream = new Stream({ handler: (frame) => frame, modality: "video", logger: new RecordingLogger() });
  const app = express();
  stream.mount(app, { path: "/rtc" });
  const server = createServer(app).on("upgrade", stream.upgrade);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const answer = (path: string): Promise<string> =>
    new Promise((resolve) => {
      const request = get({ port, path, headers: { connection: "upgrade", upgrade: "websocket" } });
      request.once("response", (response) => resolve(textOf(response)));
    });
  expect(await answer("/rtc/websocket/offer")).toContain("This stream has no audio");
  expect(await answer("/elsewhere")).toContain("no WebSocket here");
  server.close();
  await stream.close();
});

test("a Stream takes every application's own type, and no other", () => {
  const types = (stream: Stream): void => {
    stream.mount(createServer());
    stream.mount(express(), { path: "/rtc" });
    stream.mount(express.Router());
    stream.mount(fastify());
    stream.mount(fastify({ logger: true, http2: true }));
    void fastify().register(async (scope) => stream.mount(scope));
    stream.mount(new Hono());
    stream.mount(new Hono<{ Variables: { user: string } }>().basePath("/api"));
    createServer(express()).on("upgrade", stream.upgrade);
    // @ts-expect-error an application of another kind
    stream.mount({ listen: () => undefined });
    // @ts-expect-error the function that makes the application
    stream.mount(fastify);
  };
  expect(types).toBeInstanceOf(Function);
});
