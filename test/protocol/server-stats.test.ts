import { expect, it } from "vitest";
import { encodeServerStats, parseServerStats } from "../../src/protocol/server-stats.ts";

it("statistics of the server arrive as they were sent, to a thousandth", () => {
  const text = encodeServerStats({ receivedFps: 29.98765, fractionLost: 0, handlerMs: 3, queueMs: undefined });
  expect(text).toBe('{"type":"stats","data":{"receivedFps":29.988,"fractionLost":0,"handlerMs":3}}');
  expect(parseServerStats(text)).toEqual({ receivedFps: 29.988, fractionLost: 0, handlerMs: 3 });
});

it.each([
  "",
  "hello",
  '{"type":"log"}',
  '{"type":"stats"}',
  '{"type":"stats","data":null}',
  '{"type":"stats"',
  7,
  null,
])("%j are none", (text) => {
  expect(parseServerStats(text)).toBeUndefined();
});

it("what is no number, or not known, is left out", () => {
  const text = '{"type":"stats","data":{"receivedFps":"30","sentFps":1e999,"__proto__":{"a":1},"handlerMs":5}}';
  expect(parseServerStats(text)).toEqual({ handlerMs: 5 });
});
