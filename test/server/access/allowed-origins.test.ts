import { expect, test } from "vitest";
import { AllowedOrigins } from "../../../src/server/access/allowed-origins.ts";

test.each([
  ["a program without an origin", {}, true],
  ["a page of this server", { origin: "https://rtc.example.com", host: "rtc.example.com" }, true],
  [
    "a page of this server, the default port written out",
    { origin: "https://rtc.example.com", host: "rtc.example.com:443" },
    true,
  ],
  [
    "a page of this server behind a proxy that changes the host",
    { origin: "https://rtc.example.com", host: "backend:7860", "sec-fetch-site": "same-origin" },
    true,
  ],
  [
    "a page of this server behind a proxy that says which host it was called by",
    { origin: "https://rtc.example.com", host: "127.0.0.1:7860", "x-forwarded-host": "rtc.example.com" },
    true,
  ],
  ["a page that was named", { origin: "https://app.example.com", host: "rtc.example.com" }, true],
  [
    "a page of anybody else",
    { origin: "https://evil.example", host: "rtc.example.com", "sec-fetch-site": "cross-site" },
    false,
  ],
  [
    "a page of another port",
    { origin: "http://rtc.example.com:5173", host: "rtc.example.com:7860", "sec-fetch-site": "same-site" },
    false,
  ],
  ["a page of another port of this machine", { origin: "http://localhost:5173", host: "127.0.0.1:7860" }, true],
  ["a page of this machine, by IPv6", { origin: "http://[::1]:5173", host: "voice.localhost:7860" }, true],
  ["a page of this machine that calls another", { origin: "http://localhost:5173", host: "rtc.example.com" }, false],
  ["a stranger's page that calls this machine", { origin: "https://evil.example", host: "localhost:7860" }, false],
  ["a stranger's page with a name alike", { origin: "https://127.0.0.1.evil.example", host: "localhost:7860" }, false],
  ["a page that has no origin to tell", { origin: "null", host: "rtc.example.com" }, false],
  ["an origin that is none", { origin: "rtc.example.com", host: "rtc.example.com" }, false],
  ["a name that begins alike", { origin: "https://app.example.com.evil.example", host: "rtc.example.com" }, false],
])("%s may come in or not", (_who, headers: Record<string, string>, mayComeIn) => {
  expect(new AllowedOrigins(["https://app.example.com"], true).allow(new Headers(headers))).toBe(mayComeIn);
});

test("where people log in, other ports of this machine are elsewhere as well", () => {
  const headers = new Headers({ origin: "http://localhost:5173", host: "localhost:7860" });
  expect([new AllowedOrigins([], true).allow(headers), new AllowedOrigins([]).allow(headers)]).toEqual([true, false]);
  const answers = [true, false].map((letsIn) => new AllowedOrigins([], letsIn).answerHeaders(headers));
  expect(answers).toEqual([{ "access-control-allow-origin": "http://localhost:5173", vary: "Origin" }, {}]);
});

test("a page that was named may read the answer and send cookies, any other page may not send cookies", () => {
  const headers = new Headers({ origin: "https://app.example.com" });
  const answer = { "access-control-allow-origin": "https://app.example.com", vary: "Origin" };
  expect(new AllowedOrigins(["https://app.example.com"]).answerHeaders(headers)).toEqual({
    ...answer,
    "access-control-allow-credentials": "true",
  });
  expect(new AllowedOrigins(["*"]).answerHeaders(headers)).toEqual(answer);
  expect(new AllowedOrigins([]).answerHeaders(headers)).toEqual({});
});

test("a browser that asks first is told what it may send, where its page may", () => {
  const question = new Headers({
    origin: "https://app.example.com",
    "access-control-request-method": "POST",
    "access-control-request-headers": "content-type,authorization",
  });
  const answer = new AllowedOrigins(["*"]).preflight("OPTIONS", question, "POST");
  expect([answer?.status, Object.fromEntries(answer?.headers ?? [])]).toEqual([
    204,
    {
      "access-control-allow-headers": "content-type,authorization",
      "access-control-allow-methods": "POST",
      "access-control-allow-origin": "https://app.example.com",
      "access-control-max-age": "600",
      vary: "Origin, Access-Control-Request-Headers",
    },
  ]);
  expect(new AllowedOrigins([]).preflight("OPTIONS", question, "POST")).toBeUndefined();
  expect(new AllowedOrigins(["*"]).preflight("POST", question, "POST")).toBeUndefined();
});
