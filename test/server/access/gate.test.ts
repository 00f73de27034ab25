import { describe, expect, test } from "vitest";
import type { AccessOptions } from "../../../src/server/access/access-options.ts";
import { StreamAccess } from "../../../src/server/access/access.ts";
import type { ConnectionRequest } from "../../../src/server/access/connection-request.ts";
import { parseStreamOptions } from "../../../src/stream-options.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { RecordingLogger } from "../../support/recording-logger.ts";

function setUp(options: AccessOptions = {}) {
  const clock = new ManualClock();
  const logger = new RecordingLogger();
  const refused: string[] = [];
  const access = new StreamAccess({
    ...parseStreamOptions({ modality: "video", handler: () => null, ...options }),
    clock,
    logger,
    onRefused: (code) => refused.push(code),
  });
  const ask = async ({
    headers = {},
    route = "offer",
    address,
    url = "http://localhost/webrtc/offer",
  }: { headers?: Record<string, string>; route?: ConnectionRequest["route"]; address?: string; url?: string } = {}) => {
    const verdict = await access.gate.check({ route, method: "POST", url, headers: new Headers(headers), address });
    if (verdict.type === "admitted") return verdict;
    const { response } = verdict;
    return { type: "refused", status: response.status, headers: response.headers, body: await response.text() };
  };
  return { clock, logger, refused, access, ask };
}

describe("authenticate", () => {
  test("is shown route, method, address, headers and URL, and its answer is the identity", async () => {
    const seen: ConnectionRequest[] = [];
    const { ask } = setUp({
      authenticate: async (request) => {
        seen.push(request);
        return { id: "ada", plan: "large" };
      },
    });
    expect(await ask({ headers: { authorization: "Bearer 1" }, address: "192.0.2.1" })).toEqual({
      type: "admitted",
      identity: { id: "ada", plan: "large" },
    });
    expect(seen).toEqual([
      {
        route: "offer",
        method: "POST",
        url: "http://localhost/webrtc/offer",
        headers: new Headers({ authorization: "Bearer 1" }),
        address: "192.0.2.1",
      },
    ]);
  });

  test.each([
    ["null", () => null],
    ["undefined", () => undefined],
    [
      "an error",
      () => {
        throw new Error("expired");
      },
    ],
    [
      "a promise that fails",
      async () => {
        throw new Error("expired");
      },
    ],
    ["something that is no identity", () => ({ name: "ada" }) as never],
    ["an empty name", () => ""],
  ])(
    "that answers with %s turns the request away, in the shape that FastRTC's front ends read",
    async (_what, authenticate) => {
      const { ask, refused } = setUp({ authenticate });
      expect(await ask()).toMatchObject({
        status: 401,
        body: JSON.stringify({
          status: "failed",
          meta: { error: "unauthorized", message: "You are not logged in, or may not use this stream." },
        }),
      });
      expect(await ask({ route: "websocket" })).toMatchObject({
        status: 401,
        body: "You are not logged in, or may not use this stream.\n",
      });
      expect(refused).toEqual(["unauthorized", "unauthorized"]);
    },
  );

  test("that answers with a Response has that sent, as to where one logs in", async () => {
    const { ask } = setUp({ authenticate: () => new Response(null, { status: 303, headers: { location: "/login" } }) });
    const answer = await ask({ route: "page" });
    expect(answer).toMatchObject({ status: 303 });
  });

  test("that never answers is given up after ten seconds", async () => {
    const { ask, clock } = setUp({ authenticate: () => new Promise(() => {}) });
    const answer = ask();
    clock.advance(10_000);
    expect(await answer).toMatchObject({ status: 401 });
    expect(clock.pendingTimers).toBe(0);
  });

  test("whose failure names a token has it written nowhere, and not more often than every ten seconds", async () => {
    const { ask, logger, clock } = setUp({
      authenticate: ({ headers, url }) => {
        throw new Error(`cannot read ${headers.get("authorization")} of ${url}, ${headers.get("cookie")}`);
      },
    });
    const asked = {
      headers: { authorization: "Bearer secret-token-1", cookie: "session=secret-cookie; a=b" },
      url: "http://localhost/webrtc/offer?token=secret-query",
    };
    for (const _ of [1, 2, 3]) await ask(asked);
    expect(logger.lines.map(({ message }) => message)).toEqual([
      "authenticate let nobody in for offer: cannot read [removed] of http://localhost/webrtc/offer?token=[removed], [removed]",
    ]);
    clock.advance(10_000);
    await ask(asked);
    expect(logger.lines).toHaveLength(2);
    expect(JSON.stringify(logger.lines)).not.toContain("secret");
  });
});

describe("origins", () => {
  const evil = { origin: "https://evil.example", host: "localhost" };

  test.each(["offer", "websocket", "telephone", "id"] as const)(
    "a page of another origin that was not named is turned away from %s before anybody is asked",
    async (route) => {
      let asked = 0;
      const { ask, refused } = setUp({ authenticate: () => (asked++, "ada") });
      expect(await ask({ headers: evil, route })).toMatchObject({ status: 403 });
      expect([asked, refused]).toEqual([0, ["origin_not_allowed"]]);
    },
  );

  test("is let in where it was named, or any page may", async () => {
    expect(await setUp({ allowedOrigins: ["https://evil.example"] }).ask({ headers: evil })).toMatchObject({
      type: "admitted",
    });
    expect(await setUp({ allowedOrigins: ["*"] }).ask({ headers: evil })).toMatchObject({ type: "admitted" });
  });
});

describe("rate limits", () => {
  test("by address: 429 with the time to wait, other addresses and this machine untouched", async () => {
    const { ask, clock, refused } = setUp({ rateLimits: { address: { burst: 2, perSecond: 0.1 } } });
    const from = (address: string) => ask({ address });
    expect([await from("192.0.2.1"), await from("192.0.2.1")].map(({ type }) => type)).toEqual([
      "admitted",
      "admitted",
    ]);
    const turnedAway = await from("192.0.2.1");
    expect(turnedAway).toMatchObject({
      status: 429,
      body: JSON.stringify({
        status: "failed",
        meta: { error: "rate_limited", message: "Too many requests. Try again in 10 seconds." },
      }),
    });
    expect("headers" in turnedAway && turnedAway.headers.get("retry-after")).toBe("10");
    expect((await from("192.0.2.2")).type).toBe("admitted");
    for (const _ of [1, 2, 3, 4]) expect((await from("127.0.0.1")).type).toBe("admitted");
    clock.advance(10_000);
    expect((await from("192.0.2.1")).type).toBe("admitted");
    expect(refused).toEqual(["rate_limited"]);
  });

  test("all addresses of one IPv6 /64 are one", async () => {
    const { ask } = setUp({ rateLimits: { address: { burst: 1, perSecond: 0.1 } } });
    expect((await ask({ address: "2001:db8::1" })).type).toBe("admitted");
    expect(await ask({ address: "2001:db8::2" })).toMatchObject({ status: 429 });
  });

  test("by identity, whatever address it comes from", async () => {
    const { ask } = setUp({
      authenticate: ({ headers }) => headers.get("x-user"),
      rateLimits: { identity: { burst: 1, perSecond: 1 } },
    });
    expect((await ask({ headers: { "x-user": "ada" }, address: "192.0.2.1" })).type).toBe("admitted");
    expect(await ask({ headers: { "x-user": "ada" }, address: "192.0.2.2" })).toMatchObject({ status: 429 });
    expect((await ask({ headers: { "x-user": "bob" }, address: "192.0.2.1" })).type).toBe("admitted");
  });

  test("null means none", async () => {
    const { ask } = setUp({ rateLimits: null });
    for (let count = 0; count < 2000; count += 1) expect((await ask({ address: "192.0.2.1" })).type).toBe("admitted");
  });
});
