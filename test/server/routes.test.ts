import { describe, expect, test } from "vitest";
import { MAX_BODY_BYTES } from "../../src/server/request-body.ts";
import { Routes } from "../../src/server/routes.ts";
import { echoService } from "../support/echo-service.ts";

const post = (body: string | Uint8Array<ArrayBuffer> | ReadableStream, path = "/webrtc/offer"): Request =>
  new Request(`http://localhost${path}`, {
    method: "POST",
    body,
    ...(body instanceof ReadableStream && { duplex: "half" }),
  });

function setUp({ basePath = "", page = false } = {}) {
  const service = echoService();
  const routes = new Routes(service, { basePath, page });
  const answer = async (request: Request) => {
    const response = await routes.handle(request);
    return response && { status: response.status, body: await response.json() };
  };
  return { service, routes, answer };
}

describe("POST webrtc/offer", () => {
  test("answers with what the service says, below the prefix only", async () => {
    const { answer } = setUp({ basePath: "/rtc" });
    expect(await answer(post('{"type":"offer"}', "/rtc/webrtc/offer"))).toEqual({
      status: 200,
      body: { type: "answer", sdp: "v=0" },
    });
    expect(await answer(post('{"type":"offer"}', "/webrtc/offer"))).toBeUndefined();
    expect(await answer(post('{"type":"offer"}', "/rtcx/webrtc/offer"))).toBeUndefined();
  });

  test.each(["", "{", "undefined", '{"type":'])("says that %j is not JSON", async (text) => {
    expect(await setUp().answer(post(text))).toMatchObject({
      status: 400,
      body: { status: "failed", meta: { error: "invalid_json" } },
    });
  });

  test("says that bytes which are no UTF-8 cannot be read", async () => {
    expect(await setUp().answer(post(new Uint8Array([0xff, 0xfe, 0x7b])))).toMatchObject({
      status: 400,
      body: { meta: { error: "invalid_json" } },
    });
  });

  test("turns a body of 10 MB down, with a length or without, and stops reading early", async () => {
    expect(await setUp().answer(post("x".repeat(10_000_000)))).toMatchObject({
      status: 413,
      body: { meta: { error: "body_too_large" } },
    });
    let pulled = 0;
    const endless = new ReadableStream({
      pull: (controller) => {
        pulled += 65_536;
        controller.enqueue(new Uint8Array(65_536).fill(0x20));
      },
    });
    expect(await setUp().answer(post(endless))).toMatchObject({ status: 413 });
    expect(pulled).toBeLessThan(2 * MAX_BODY_BYTES);
  });

  test("lets a candidate that overtook its offer wait until the offer has been read", async () => {
    const { answer } = setUp();
    let finish = (): void => {};
    const slow = new ReadableStream({
      start: (controller) => {
        finish = () => {
          controller.enqueue(new TextEncoder().encode('{"type":"offer"}'));
          controller.close();
        };
      },
    });
    const offer = answer(post(slow));
    const candidate = answer(post('{"type":"ice-candidate"}'));
    await new Promise(setImmediate);
    finish();
    expect(await offer).toMatchObject({ body: { type: "answer" } });
    expect(await candidate).toEqual({ status: 200, body: { status: "success" } });
  });

  test("answers a candidate of an unknown connection at once when no offer is on its way", async () => {
    expect(await setUp().answer(post('{"type":"ice-candidate"}'))).toMatchObject({
      status: 200,
      body: { status: "failed", meta: { error: "unknown_connection" } },
    });
  });

  test("names the method to use", async () => {
    const response = await setUp().routes.handle(new Request("http://localhost/webrtc/offer"));
    expect([response?.status, response?.headers.get("allow")]).toEqual([405, "POST"]);
  });
});

test("GET healthz says how many peers there are", async () => {
  expect(await setUp().answer(new Request("http://localhost/healthz"))).toEqual({
    status: 200,
    body: { status: "ok", sessions: 0, connected: 0, limit: 1, uptime: 0 },
  });
});

describe("the page", () => {
  test("is served at the prefix, its configuration escaped, with a strict content security policy", async () => {
    const response = await setUp({ page: true }).routes.handle(new Request("http://localhost/"));
    const html = await response?.text();
    expect(html).toContain('<script type="application/json" id="fastrtc-config">');
    expect(html).not.toContain("</script><b>");
    expect(response?.headers.get("content-security-policy")).toContain("default-src 'self'");
  });

  test("redirects its prefix to the folder below which its files lie", async () => {
    const response = await setUp({ basePath: "/rtc", page: true }).routes.handle(
      new Request("http://localhost/rtc?x=1"),
    );
    expect([response?.status, response?.headers.get("location")]).toEqual([308, "/rtc/?x=1"]);
  });

  test("is not served where it was not asked for", async () => {
    expect(await setUp().routes.handle(new Request("http://localhost/"))).toBeUndefined();
  });

  test.each(["/../package.json", "/..%2f..%2fpackage.json", "/assets/../../package.json", "/nothing.js"])(
    "has no file %s",
    async (path) => {
      expect(await setUp({ page: true }).routes.handle(new Request(`http://localhost${path}`))).toBeUndefined();
    },
  );
});

test("leaves requests that are none of the routes untouched", () => {
  const { routes } = setUp({ basePath: "", page: true });
  expect(routes.covers("POST", "/input_hook")).toBe(false);
  expect(routes.covers("POST", "/webrtc/offer")).toBe(true);
  expect(routes.covers("GET", "/")).toBe(true);
});
