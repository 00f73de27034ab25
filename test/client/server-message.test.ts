import { expect, it } from "vitest";
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
