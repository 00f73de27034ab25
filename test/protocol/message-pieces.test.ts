import { expect, test } from "vitest";
import { encodeClientRequest, parseClientRequest } from "../../src/protocol/client-request.ts";
import { MAX_MESSAGE_LENGTH, MessageJoiner, splitMessage } from "../../src/protocol/message-pieces.ts";

const join = (joiner: MessageJoiner, texts: readonly string[]): (string | undefined)[] =>
  texts.map((text) => joiner.push(text));

test.each([
  ["short", "short"],
  ["long", "abc".repeat(30_000)],
  ["full of quotes", '"\\'.repeat(50_000)],
  ["full of pictures", "a😀".repeat(20_000)],
])("a message that is %s arrives whole, in texts of less than 64 KiB", (_kind, message) => {
  const texts = splitMessage(message);
  expect(texts.every((text) => Buffer.byteLength(text) < 65_536)).toBe(true);
  const joined = join(new MessageJoiner(), texts);
  expect(joined.at(-1)).toBe(message);
  expect(joined.slice(0, -1).every((each) => each === undefined)).toBe(true);
});

test("a message of which a piece is missing is dropped, and the next one arrives", () => {
  const joiner = new MessageJoiner();
  const [first, second] = ["a".repeat(100_000), "b".repeat(100_000)].map(splitMessage);
  const kept = (first ?? []).filter((_text, index) => index !== 1);
  expect(join(joiner, kept)).toEqual(kept.map(() => undefined));
  expect(join(joiner, second ?? []).at(-1)).toBe("b".repeat(100_000));
});

test("a message without end is dropped", () => {
  const joiner = new MessageJoiner();
  const data = "x".repeat(30_000);
  const count = Math.ceil(MAX_MESSAGE_LENGTH / data.length) + 10;
  for (let index = 0; index < count; index += 1) {
    expect(joiner.push(JSON.stringify({ type: "piece", index, count, data }))).toBeUndefined();
  }
});

test("a message of empty pieces without end is dropped, and its rest as well", () => {
  const joiner = new MessageJoiner();
  const count = 70_000;
  const texts = Array.from({ length: count }, (_, index) => JSON.stringify({ type: "piece", index, count, data: "" }));
  expect(new Set(join(joiner, texts))).toEqual(new Set([undefined]));
});

test.each(["", "handshake", "{", "[]", "null", '{"type":"piece"}', '{"type":"piece","index":"0"}', '{"type":"piece"'])(
  "the text %j is no piece and passes",
  (text) => {
    expect(new MessageJoiner().push(text)).toBe(text);
  },
);

test("requests are read as they were written", () => {
  for (const request of [{ type: "set_input", values: [1, "a", null] }, { type: "show_outputs" }] as const) {
    expect(parseClientRequest(encodeClientRequest(request))).toEqual(request);
  }
});

test.each(["", "handshake", "{", "[]", "null", "5", "{}", '{"type":"set_input"}', '{"type":"set_input","data":{}}'])(
  "the text %j is no request",
  (text) => {
    expect(parseClientRequest(text)).toBeUndefined();
  },
);
