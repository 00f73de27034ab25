import { afterEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import {
  AdditionalOutputs,
  type ConnectionRequest,
  getCurrentContext,
  Stream,
  StreamHandler,
} from "../../src/index.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import type { RunningApp } from "./conformance.ts";
import { frameworks } from "./frameworks.ts";

/** Tells once whose session it is in. */
class Teller extends StreamHandler {
  #told = false;
  receive(): void {}
  emit(): AdditionalOutputs | null {
    if (this.#told) return null;
    this.#told = true;
    const { identity } = getCurrentContext<{ id: string; plan: string }>();
    return new AdditionalOutputs(identity?.id, identity?.plan);
  }
  copy(): Teller {
    return new Teller();
  }
}

const OFFER = JSON.stringify({ type: "offer", sdp: "v=0", webrtc_id: "peer" });
const FRIEND = "https://app.example.com";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

describe.each(frameworks)("on $name", ({ prefix = "", start }) => {
  async function setUp() {
    const asked: Pick<ConnectionRequest, "route" | "method" | "address">[] = [];
    const stream = new Stream({
      modality: "audio",
      handler: new Teller(),
      concurrencyLimit: 5,
      authenticate: async ({ route, method, address, headers }) => {
        asked.push({ route, method, address });
        const user = headers.get("authorization")?.replace("Bearer ", "");
        return user === undefined ? null : { id: user, plan: "large" };
      },
      allowedOrigins: [FRIEND],
      metrics: true,
      twilioAuthToken: null,
      logger: new RecordingLogger(),
    });
    const app: RunningApp = await start((mountable) => {
      stream.mount(mountable, { path: "/rtc", page: true });
      return (request, socket, head) => stream.upgrade(request, socket, head, { path: `${prefix}/rtc` });
    });
    open.push(
      () => app.close(),
      () => stream.close(),
    );
    const host = `127.0.0.1:${app.port}${prefix}`;
    /** The status of the answer to an upgrade: 101 where it is taken. */
    const upgrade = (route: string, headers: Record<string, string>): Promise<number | undefined> =>
      new Promise((resolve) => {
        const socket = new WebSocket(`ws://${host}/rtc/${route}`, { headers });
        socket.once("open", () => {
          socket.terminate();
          resolve(101);
        });
        socket.once("unexpected-response", (_request, response) => {
          response.resume();
          resolve(response.statusCode);
        });
        socket.once("error", () => {}); // Of a refusal it follows.
      });
    return { stream, asked, host, url: `http://${host}`, upgrade };
  }

  test("who does not say who they are gets 401 from every route but healthz and readyz", async () => {
    const { url, upgrade, asked } = await setUp();
    const status = async (method: string, path: string, body?: string): Promise<unknown> =>
      (await fetch(`${url}/rtc/${path}`, { method, ...(body !== undefined && { body }) })).status;
    const offer = await fetch(`${url}/rtc/webrtc/offer`, { method: "POST", body: OFFER });
    expect([offer.status, await offer.json()]).toEqual([
      401,
      {
        status: "failed",
        meta: { error: "unauthorized", message: "You are not logged in, or may not use this stream." },
      },
    ]);
    expect(await status("POST", "webrtc/id")).toBe(401);
    expect(await status("POST", "telephone/incoming", "")).toBe(401);
    expect(await status("GET", "metrics")).toBe(401);
    expect(await status("GET", "")).toBe(401);
    expect(await upgrade("websocket/offer", {})).toBe(401);
    expect(await upgrade("telephone/handler", {})).toBe(401);
    expect(await status("GET", "healthz")).toBe(200);
    const address = "127.0.0.1";
    expect(asked).toEqual([
      { route: "offer", method: "POST", address },
      { route: "id", method: "POST", address },
      { route: "telephone", method: "POST", address },
      { route: "metrics", method: "GET", address },
      { route: "page", method: "GET", address },
      { route: "websocket", method: "GET", address },
      { route: "telephone", method: "GET", address },
    ]);
  });

  test("what authenticate answers is the identity that handlers see", async () => {
    const { stream, host, url } = await setUp();
    const headers = { authorization: "Bearer ada" };
    const offer = await fetch(`${url}/rtc/webrtc/offer`, { method: "POST", body: OFFER, headers });
    expect([offer.status, await offer.json()]).toMatchObject([400, { meta: { error: "invalid_sdp" } }]);
    for (const [route, hello] of [
      ["websocket/offer", { event: "start", websocket_id: "socket" }],
      ["telephone/handler", { event: "start", start: { streamSid: "call" } }],
    ] as const) {
      const outputs = stream.fetchLatestOutput("websocket_id" in hello ? hello.websocket_id : hello.start.streamSid);
      const socket = new WebSocket(`ws://${host}/rtc/${route}`, { headers });
      socket.once("open", () => socket.send(JSON.stringify(hello)));
      expect([route, ...(await outputs).args]).toEqual([route, "ada", "large"]);
      socket.terminate();
    }
  });

  test("a page of a named origin may offer and open WebSockets, a page of any other may not", async () => {
    const { url, upgrade } = await setUp();
    const authorization = "Bearer ada";
    const question = { "access-control-request-method": "POST", "access-control-request-headers": "authorization" };
    const preflight = await fetch(`${url}/rtc/webrtc/offer`, {
      method: "OPTIONS",
      headers: { origin: FRIEND, ...question },
    });
    expect([
      preflight.status,
      preflight.headers.get("access-control-allow-origin"),
      preflight.headers.get("access-control-allow-headers"),
    ]).toEqual([204, FRIEND, "authorization"]);
    const from = async (origin: string): Promise<unknown[]> => {
      const headers = { origin, authorization, "content-type": "application/json" };
      const response = await fetch(`${url}/rtc/webrtc/offer`, { method: "POST", body: OFFER, headers });
      return [response.status, response.headers.get("access-control-allow-origin")];
    };
    expect(await from(FRIEND)).toEqual([400, FRIEND]);
    expect(await from("https://evil.example")).toEqual([403, null]);
    expect(await upgrade("websocket/offer", { origin: FRIEND, authorization })).toBe(101);
    expect(await upgrade("websocket/offer", { origin: "https://evil.example", authorization })).toBe(403);
    expect(await upgrade("websocket/offer", { authorization })).toBe(101);
  });
});
