import { describe, expect, it } from "vitest";
import { MessageSplitter } from "../../../src/protocol/sip/message-splitter.ts";
import { invite } from "./torture-messages.ts";

const whole = [
  invite({ body: "v=0\r\n" }),
  invite({ body: "" }),
  invite({ body: "\r\n\r\nContent-Length: 3\r\n\r\n" }),
];

describe("a TCP connection of SIP", () => {
  it.each([1, 7, 100, 10_000])("is cut into its messages, however its bytes come: %i at a time", (size) => {
    const stream = Buffer.concat([Buffer.from("\r\n\r\n"), ...whole]);
    const splitter = new MessageSplitter();
    const messages: Uint8Array[] = [];
    for (let from = 0; from < stream.length; from += size) {
      const some = splitter.push(stream.subarray(from, from + size));
      if ("reason" in some) throw new Error(some.reason);
      messages.push(...some);
    }
    expect(messages.map((bytes) => Buffer.from(bytes).toString())).toEqual(
      whole.map((bytes) => Buffer.from(bytes).toString()),
    );
  });

  it.each([
    [
      "no length",
      invite({ headers: { "Content-Length": undefined } }),
      "a message has no Content-Length, or one that is no number",
    ],
    [
      "a length that is none",
      invite({ headers: { "Content-Length": "x" } }),
      "a message has no Content-Length, or one that is no number",
    ],
    [
      "a message that is too long",
      invite({ headers: { "Content-Length": "999999" } }),
      "a message is longer than 16 KiB",
    ],
    ["a head that never ends", Buffer.from(`INVITE sip:a ${"x".repeat(17_000)}`), "a message is longer than 16 KiB"],
  ])("is of no use after %s", (_what, bytes, reason) => {
    expect(new MessageSplitter().push(bytes)).toEqual({ reason });
  });
});
