import { expect, it, test } from "vitest";
import { parseServerMessage } from "../../src/client/server-message.ts";
import { encodeServerMessage, type ServerMessage } from "../../src/protocol/server-message.ts";

const EVERY_KIND: readonly ServerMessage[] = [
  { type: "send_input" },
  { type: "fetch_output" },
  { type: "end_stream", data: "Bye." },
  { type: "stopword", data: "computer" },
  { type: "error", data: "division by zero" },
  { type: "warning", data: "slow" },
  { type: "log", data: "pause_detected" },
  { type: "update_connection", data: "closed" },
];

it.each(EVERY_KIND)("reads $type as the server writes it", (message) => {
  expect(parseServerMessage(encodeServerMessage(message))).toEqual(message);
});

it.each([
  ['{"type":"error","message":"only here"}', { type: "error", data: "only here" }],
  ['{"type":"warning","data":{"reason":1}}', { type: "warning", data: '{"reason":1}' }],
  ['{"type":"error"}', { type: "error", data: "The server sent: error" }],
  ['{"type":"end_stream"}', { type: "end_stream", data: "" }],
])("understands %s", (text, message) => {
  expect(parseServerMessage(text)).toEqual(message);
});

it.each(["", "hello", "null", "[]", '"error"', '{"type":"update_connection","data":"open"}', '{"type":1}', undefined])(
  "knows that %j is no message",
  (text) => {
    expect(parseServerMessage(text)).toBeUndefined();
  },
);

test.each([
  [
    { role: "user", text: "Hi" },
    { role: "user", text: "Hi" },
  ],
  [
    { role: "assistant", text: "", id: "1", more: 2 },
    { role: "assistant", text: "", id: "1" },
  ],
  [
    { role: "user", text: "Hi", id: 1 },
    { role: "user", text: "Hi" },
  ],
  [{ role: "system", text: "Hi" }, undefined],
  [{ role: "user" }, undefined],
  [null, undefined],
])("reads what was said: %j", (data, expected) => {
  const message = parseServerMessage(JSON.stringify({ type: "transcript", data }));
  expect(message).toEqual(expected && { type: "transcript", data: expected });
});

test.each([
  [
    { text: "Loading", value: 0.5 },
    { text: "Loading", value: 0.5 },
  ],
  [{ text: "Loading", value: "half" }, { text: "Loading" }],
  [null, null],
  [{ value: 1 }, undefined],
  ["Loading", undefined],
])("reads how far a piece of work is: %j", (data, expected) => {
  const message = parseServerMessage(JSON.stringify({ type: "progress", data }));
  expect(message).toEqual(expected === undefined ? undefined : { type: "progress", data: expected });
});
