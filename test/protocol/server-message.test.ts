import { expect, test } from "vitest";
import { encodeServerMessage, type ServerMessage } from "../../src/protocol/server-message.ts";

test.each<[ServerMessage, object]>([
  [{ type: "send_input" }, { type: "send_input", data: "" }],
  [{ type: "fetch_output" }, { type: "fetch_output", data: "" }],
  [
    { type: "end_stream", data: "bye" },
    { type: "end_stream", data: "bye" },
  ],
  [
    { type: "stopword", data: "hello" },
    { type: "stopword", data: "hello" },
  ],
  [
    { type: "error", data: "no" },
    { type: "error", data: "no", message: "no" },
  ],
  [
    { type: "warning", data: "careful" },
    { type: "warning", data: "careful", message: "careful" },
  ],
  [
    { type: "log", data: "pause_detected" },
    { type: "log", data: "pause_detected" },
  ],
  [
    { type: "update_connection", data: "closed" },
    { type: "update_connection", data: "closed" },
  ],
])("%j goes over the wire as FastRTC's front ends know it", (message, json) => {
  expect(JSON.parse(encodeServerMessage(message))).toEqual(json);
});

test("what an application says goes as it is", () => {
  expect(encodeServerMessage({ type: "custom", text: "any text" })).toBe("any text");
});
