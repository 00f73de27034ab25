import { describe, expect, test } from "vitest";
import { vonageCallNcco, vonageHangUpNcco } from "../../../src/protocol/vonage/incoming-call.ts";
import { encodeVonageClear, encodeVonageNotify } from "../../../src/protocol/vonage/stream-command.ts";
import { parseVonageMessage, parseVonageSound } from "../../../src/protocol/vonage/stream-message.ts";
import { hostileMessages } from "../hostile-messages.ts";
import { reasonOf } from "../reason-of.ts";

const parse = (message: object) => parseVonageMessage(JSON.stringify(message));

describe("a message of Vonage", () => {
  test("is read as its documentation shows it", () => {
    const connected = {
      event: "websocket:connected",
      "content-type": "audio/l16;rate=16000",
      language: "en-GB",
      age: 40,
    };
    expect(parse(connected)).toEqual({ type: "start", streamId: "", callId: "", parameters: { language: "en-GB" } });
    expect(parse({ event: "websocket:dtmf", digit: "5", duration: 260 })).toEqual({ type: "dtmf", digit: "5" });
    expect(parse({ event: "websocket:notify", payload: { name: "7" } })).toEqual({ type: "mark", name: "7" });
    expect(parse({ event: "websocket:cleared" })).toEqual({ type: "unknown", event: '"websocket:cleared"' });
    const payload = Uint8Array.of(1, 0, 2, 0);
    expect(parseVonageSound(payload)).toEqual({ type: "media", payload, timestampMs: undefined });
  });

  test.each([
    ["another format", parse({ event: "websocket:connected", "content-type": "audio/l16;rate=8000" }), "rate=16000"],
    ["a key that is none", parse({ event: "websocket:dtmf", digit: 5 }), "digit"],
    ["half a sample", parseVonageSound(new Uint8Array(3)), "3 bytes"],
  ])("with %s is told in a sentence", (_name, message, words) => {
    expect(reasonOf(message)).toContain(words);
  });

  test("never throws, whatever it holds", () => {
    const types = new Set<string>();
    for (const text of hostileMessages(
      [
        { event: "websocket:connected", a: "b" },
        { event: "websocket:dtmf", digit: "1" },
        { event: "websocket:notify", payload: { name: "7" } },
      ],
      2000,
    ))
      types.add(parseVonageMessage(text).type);
    const known = ["connected", "dtmf", "invalid", "mark", "media", "start", "stop", "unknown"];
    expect(known).toEqual(expect.arrayContaining([...types]));
  });
});

test("what is sent to Vonage is what it documents", () => {
  expect(JSON.parse(encodeVonageNotify("7"))).toEqual({ action: "notify", payload: { name: "7" } });
  expect(JSON.parse(encodeVonageClear())).toEqual({ action: "clear" });
});

test("a call is connected both ways, in PCM of 16 kHz; a busy one hears so", () => {
  const ncco = JSON.parse(
    vonageCallNcco({ host: "example.com", path: "/telephone/vonage/handler", parameters: { a: "b" } }),
  );
  expect(ncco).toEqual([
    { action: "talk", text: expect.any(String) },
    {
      action: "connect",
      endpoint: [
        {
          type: "websocket",
          uri: "wss://example.com/telephone/vonage/handler",
          "content-type": "audio/l16;rate=16000",
          headers: { a: "b" },
        },
      ],
    },
    { action: "talk", text: expect.any(String) },
  ]);
  expect(JSON.parse(vonageHangUpNcco("Busy."))).toEqual([{ action: "talk", text: "Busy." }]);
});
