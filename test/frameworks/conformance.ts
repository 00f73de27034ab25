import {
  Agent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as httpRequest,
} from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type MountableApp, mountRoutes } from "../../src/frameworks/mount.ts";
import { type TakeUpgrade, upgradeListener } from "../../src/frameworks/upgrade.ts";
import { Routes } from "../../src/server/routes.ts";
import { WebSocket, WebSocketServer } from "ws";
import { requestPath } from "../../src/server/node-request.ts";
import { echoService } from "../support/echo-service.ts";
import { RecordingLogger } from "../support/recording-logger.ts";

/** A web framework, as the suite runs it. */
export interface Framework {
  readonly name: string;
  /** Where `mount` puts its routes below: the prefix of a router or plugin. @default "" */
  readonly prefix?: string;
  /** Whether a body parser of the framework reads bodies first, and so answers for those that it cannot read. @default false */
  readonly parsesBodies?: boolean;
  /**
   * Starts a server with an application that `mount` has been called with. Its own routes answer
   * `POST /input_hook` with the request's body, and `GET /own` with "own".
   */
  readonly start: (mount: Mount) => Promise<RunningApp>;
}

/** Mounts two streams and returns the one more line that an application may need: a listener for its server's upgrades. */
export type Mount = (app: MountableApp) => (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean;

export interface RunningApp {
  readonly port: number;
  close(): Promise<void>;
}

const OFFER = JSON.stringify({ type: "offer", sdp: "v=0", webrtc_id: "known" });
const CANDIDATE = JSON.stringify({ type: "ice-candidate", candidate: {}, webrtc_id: "known" });
const JSON_TYPE = { "content-type": "application/json" };

const webSockets = new WebSocketServer({ noServer: true });

/** Takes WebSockets at `websocket/offer`, and says the prefix that they came by. */
const takeUpgrade: TakeUpgrade = (basePath, request, socket, head) => {
  if (requestPath(request) !== `${basePath}/websocket/offer`) return false;
  webSockets.handleUpgrade(request, socket, head, (webSocket) => webSocket.send(basePath));
  return true;
};

/** The one suite that every framework passes: two streams in one application, at `/a` with the page and at `/b/c`. */
export function describeFramework({ name, prefix = "", parsesBodies = false, start }: Framework): void {
  describe(`a Stream mounted on ${name}`, () => {
    const logger = new RecordingLogger();
    /** The service of the stream at `/a`. */
    const service = echoService();
    let app: RunningApp;
    let url = "";
    beforeAll(async () => {
      app = await start((mountable) => {
        const mountAt = (basePath: string, page: boolean): void =>
          mountRoutes(
            mountable,
            new Routes(basePath === "/a" ? service : echoService(), { basePath, page }),
            logger,
            takeUpgrade,
          );
        mountAt("/a", true);
        mountAt("/b/c", false);
        return upgradeListener((request, socket, head) =>
          ["/a", "/b/c"].some((path) => takeUpgrade(prefix + path, request, socket, head)),
        );
      });
      url = `http://127.0.0.1:${app.port}`;
    });
    afterAll(() => app.close());

    const post = (
      path: string,
      body: string | Uint8Array<ArrayBuffer>,
      headers: Record<string, string> = JSON_TYPE,
    ): Promise<Response> => fetch(`${url}${prefix}${path}`, { method: "POST", body, headers });

    test("keeps a candidate apart from its offer's stream, and refuses with a status of 200", async () => {
      const early = await post("/b/c/webrtc/offer", CANDIDATE);
      expect([early.status, await early.json()]).toEqual([
        200,
        { status: "failed", meta: { error: "unknown_connection", message: "unknown" } },
      ]);
      expect(await (await post("/a/webrtc/offer", OFFER)).json()).toEqual({ type: "answer", sdp: "v=0" });
      expect(await (await post("/a/webrtc/offer", CANDIDATE)).json()).toEqual({ status: "success" });
      expect(await (await post("/b/c/webrtc/offer", CANDIDATE)).json()).toMatchObject({ status: "failed" });
    });

    test("takes offers whatever their content type says, and in any case of its letters", async () => {
      for (const type of ["text/plain;charset=UTF-8", "application/octet-stream", "APPLICATION/JSON; charset=utf-8"]) {
        const response = await post("/a/webrtc/offer", OFFER, { "content-type": type });
        expect([type, await response.json()]).toEqual([type, { type: "answer", sdp: "v=0" }]);
      }
      const untyped = await post("/a/webrtc/offer", new TextEncoder().encode(OFFER), {});
      expect(await untyped.json()).toEqual({ type: "answer", sdp: "v=0" });
    });

    test("hands the offer's headers to the session, all values of those that came twice", async () => {
      const headers = { authorization: "Bearer token", cookie: "a=1; b=2", "x-many": ["one", "two"], ...JSON_TYPE };
      const { status } = await exchange(`${prefix}/a/webrtc/offer`, { method: "POST", body: OFFER, headers });
      const seen = service.headers.at(-1);
      const values = ["authorization", "cookie", "x-many", "content-type"].map((header) => seen?.get(header));
      expect([status, ...values]).toEqual([200, "Bearer token", "a=1; b=2", "one, two", "application/json"]);
    });

    test("takes an offer whose body comes in pieces", async () => {
      const answer = await raw(
        `POST ${prefix}/a/webrtc/offer HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\nconnection: close\r\n` +
          'transfer-encoding: chunked\r\n\r\n5\r\n{"typ\r\n',
        'c\r\ne":"offer"}\n\r\n0\r\n\r\n',
      );
      expect(answer).toMatch(/^HTTP\/1.1 200 [^]*"answer"/);
    });

    test("says how it is, to GET and to HEAD, and nothing may keep that", async () => {
      const get = await fetch(`${url}${prefix}/b/c/healthz`);
      expect([get.headers.get("cache-control"), await get.json()]).toEqual([
        "no-store",
        { status: "ok", sessions: 0, connected: 0, limit: 1, uptime: 0 },
      ]);
      const head = await fetch(`${url}${prefix}/b/c/healthz`, { method: "HEAD" });
      expect([head.status, await head.text()]).toEqual([200, ""]);
    });

    test.each(["GET", "HEAD", "PUT", "DELETE"])("names the method to use instead of %s", async (method) => {
      const response = await fetch(`${url}${prefix}/a/webrtc/offer`, { method });
      expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
    });

    test("names the method to use instead of POST, although a body came with it", async () => {
      const response = await post("/a/healthz", OFFER);
      expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    });

    test("serves the page at its prefix and the page's files below it, for the one stream that wants it", async () => {
      const redirect = await fetch(`${url}${prefix}/a?x=1`, { redirect: "manual" });
      expect([redirect.status, redirect.headers.get("location")]).toEqual([308, `${prefix}/a/?x=1`]);
      const page = await fetch(`${url}${prefix}/a/`);
      const html = await page.text();
      expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
      const script = /src="\.?\/?(assets\/[^"]+\.js)"/.exec(html)?.[1];
      const file = await fetch(`${url}${prefix}/a/${script}`);
      expect([file.status, file.headers.get("content-type")]).toEqual([200, "text/javascript; charset=utf-8"]);
      expect((await file.arrayBuffer()).byteLength).toBeGreaterThan(1000);
      const head = await fetch(`${url}${prefix}/a/`, { method: "HEAD" });
      expect([head.status, await head.text()]).toEqual([200, ""]);
      for (const path of ["/a/assets/none.js", "/b/c/", "/b/c", "/a/..%2fb", "/webrtc/offer", "/ab/webrtc/offer"])
        expect([path, (await fetch(`${url}${prefix}${path}`)).status]).toEqual([path, 404]);
    });

    // A parser that is content with an empty body makes an empty object of it.
    test.each(["{", "undefined", ...(parsesBodies ? [] : [""])])("turns the body %j down as no JSON", async (body) => {
      const response = await post("/a/webrtc/offer", body);
      expect(response.status).toBe(400);
      if (!parsesBodies)
        expect(await response.json()).toMatchObject({ status: "failed", meta: { error: "invalid_json" } });
    });

    test.each(["with", "without"])("turns 10 MB down, %s a length, and its client sees that", async (length) => {
      const { status, text } = await upload(`${prefix}/a/webrtc/offer`, 10_000_000, length === "with");
      expect(status).toBe(413);
      if (!parsesBodies)
        expect(JSON.parse(text)).toMatchObject({ status: "failed", meta: { error: "body_too_large" } });
      expect((await fetch(`${url}${prefix}/a/healthz`)).status).toBe(200);
    });

    test("leaves the application's own routes alone, their bodies included", async () => {
      const body = JSON.stringify({ webrtc_id: "known", inputs: [0.5, "é"] });
      const hook = await fetch(`${url}/input_hook`, { method: "POST", body, headers: JSON_TYPE });
      expect(await hook.text()).toBe(body);
      expect(await (await fetch(`${url}/own`)).text()).toBe("own");
      expect((await fetch(`${url}/elsewhere`)).status).toBe(404);
    });

    test("answers what comes next on the same connection after each error", async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const ask = (path: string, method: string, body?: string): Promise<Reply> =>
        exchange(`${prefix}${path}`, { agent, method, ...(body !== undefined && { body }) });
      const replies = [
        await ask("/a/webrtc/offer", "POST", "{"),
        await ask("/a/webrtc/offer", "PUT", OFFER),
        await ask("/a/healthz", "POST", `[${"0,".repeat(40_000)}0]`),
        await ask("/a/nowhere", "GET"),
        await ask("/a/webrtc/offer", "POST", OFFER),
      ];
      agent.destroy();
      expect(replies.map(({ status }) => status)).toEqual([400, 405, 405, 404, 200]);
      expect(new Set(replies.map(({ localPort }) => localPort)).size).toBe(1);
    });

    test("outlives clients that go away in the middle of a body", async () => {
      for (let count = 0; count < 3; count += 1) {
        const socket = connect(app.port, "127.0.0.1");
        await new Promise((resolve) => socket.once("connect", resolve));
        socket.write(`POST ${prefix}/a/webrtc/offer HTTP/1.1\r\nhost: a\r\ncontent-length: 5000\r\n\r\n{"type"`);
        await (await fetch(`${url}/own`)).text(); // Long enough for the server to have begun.
        socket.resetAndDestroy();
      }
      expect(await (await post("/a/webrtc/offer", OFFER)).json()).toEqual({ type: "answer", sdp: "v=0" });
    });

    test.each(["/a", "/b/c"])("takes the WebSocket of the stream at %s", async (path) => {
      const webSocket = new WebSocket(`ws://127.0.0.1:${app.port}${prefix}${path}/websocket/offer`);
      const said = await new Promise((resolve, reject) => {
        webSocket.once("message", (data: Buffer) => resolve(data.toString()));
        webSocket.once("error", reject);
      });
      webSocket.terminate();
      expect(said).toBe(prefix + path);
    });

    test.each(["/a/websocket", "/c/websocket/offer", "/"])("answers a WebSocket at %s, where none is", async (path) => {
      const webSocket = new WebSocket(`ws://127.0.0.1:${app.port}${prefix}${path}`);
      expect(
        await new Promise((resolve) => {
          webSocket.once("unexpected-response", (_request, response: IncomingMessage) => resolve(response.statusCode));
          webSocket.once("error", resolve);
        }),
      ).toBe(404);
      webSocket.terminate();
    });

    test("has logged no error", () => {
      expect(logger.at("error")).toEqual([]);
    });

    interface Reply {
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      readonly text: string;
      readonly localPort: number | undefined;
    }

    function exchange(
      path: string,
      options: { agent?: Agent; method: string; body?: string; headers?: OutgoingHttpHeaders },
    ): Promise<Reply> {
      const { agent, method, body, headers = JSON_TYPE } = options;
      return new Promise((resolve, reject) => {
        const sent = httpRequest({ port: app.port, path, method, agent, headers }, (response) => {
          let text = "";
          const { localPort } = response.socket;
          response.setEncoding("utf8");
          response.on("data", (chunk: string) => (text += chunk));
          response.on("end", () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text, localPort }),
          );
        });
        sent.on("error", reject);
        sent.end(body);
      });
    }

    /** Posts so many bytes; resolves with the answer, which has to come although not all may have been read. */
    function upload(path: string, byteLength: number, withLength: boolean): Promise<Pick<Reply, "status" | "text">> {
      return new Promise((resolve, reject) => {
        const headers = { ...JSON_TYPE, ...(withLength && { "content-length": byteLength }) };
        const sent = httpRequest({ port: app.port, path, method: "POST", headers }, (response) => {
          let text = "";
          response.setEncoding("utf8");
          response.on("data", (chunk: string) => (text += chunk));
          response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
        });
        sent.on("error", reject);
        const chunk = Buffer.alloc(100_000, " ");
        for (let left = byteLength; left > 0; left -= chunk.byteLength) sent.write(chunk);
        sent.end();
      });
    }

    /** Sends bytes in two writes and reads to the end of the connection. */
    async function raw(first: string, second: string): Promise<string> {
      const socket = connect(app.port, "127.0.0.1");
      socket.write(first);
      await (await fetch(`${url}/own`)).text();
      socket.write(second);
      let text = "";
      for await (const chunk of socket) text += String(chunk);
      return text;
    }
  });
}
