import { describe, expect, test } from "vitest";
import { telnyxCallTexml, telnyxHangUpTexml } from "../../../src/protocol/telnyx/incoming-call.ts";
import { encodeTelnyxClear, encodeTelnyxMark, encodeTelnyxMedia } from "../../../src/protocol/telnyx/stream-command.ts";
import { parseTelnyxMessage } from "../../../src/protocol/telnyx/stream-message.ts";
import { hostileMessages } from "../hostile-messages.ts";
import { reasonOf } from "../reason-of.ts";

const parse = (message: object) => parseTelnyxMessage(JSON.stringify(message));
/** As Telnyx's documentation of media streaming over WebSockets shows it. */
const START = {
  event: "start",
  sequence_number: "1",
  stream_id: "32DE0DEA-53CB-4B21-89A4-9E1819C043BC",
  start: {
    user_id: "3E6F995F-85F7-4705-9741-53B116D28237",
    call_control_id: "v2:T02llQxIyaRkhfRKxgAP8nY511EhFLizdvdUKJiSw8d6A9BborherQ",
    call_session_id: "ff55a038-6f5d-11ef-9692-02420aeffb1f",
    from: "+13122010094",
    to: "+13122123456",
    tags: ["TAG1", "TAG2"],
    client_state: "aGF2ZSBhIG5pY2UgZGF5ID1d",
    custom_parameters: { customer_id: "customer_123" },
    media_format: { encoding: "PCMU", sample_rate: 8000, channels: 1 },
  },
};

describe("a message of Telnyx", () => {
  test("is read as its documentation shows it", () => {
    expect(parse({ event: "connected", version: "1.0.0" })).toEqual({ type: "connected" });
    expect(parse(START)).toEqual({
      type: "start",
      streamId: START.stream_id,
      callId: START.start.call_control_id,
      parameters: { customer_id: "customer_123" },
    });
    const media = { track: "inbound", chunk: "2", timestamp: "25", payload: "/3//fw==" };
    expect(parse({ event: "media", stream_id: START.stream_id, media })).toEqual({
      type: "media",
      payload: Uint8Array.of(0xff, 0x7f, 0xff, 0x7f),
      timestampMs: 25,
    });
    expect(parse({ event: "media", media: { ...media, track: "outbound" } }).type).toBe("unknown");
    expect(parse({ event: "dtmf", dtmf: { digit: "1" } })).toEqual({ type: "dtmf", digit: "1" });
    expect(parse({ event: "mark", mark: { name: "7" } })).toEqual({ type: "mark", name: "7" });
    expect(parse({ event: "stop", stop: {} })).toEqual({ type: "stop" });
    expect(parse({ event: "brand-new" })).toEqual({ type: "unknown", event: '"brand-new"' });
  });

  test.each([
    ["a stream without a name", { ...START, stream_id: undefined }, "stream_id"],
    ["another codec", { ...START, start: { ...START.start, media_format: { encoding: "OPUS" } } }, "PCMU"],
    ["parameters that are none", { ...START, start: { ...START.start, custom_parameters: [] } }, "custom_parameters"],
    ["sound that is no base64", { event: "media", media: { payload: "*" } }, "base64"],
    ["a key that is none", { event: "dtmf", dtmf: { digit: "12" } }, "digit"],
    ["an error of Telnyx", { event: "error", payload: { code: 100_002, title: "unknown_error" } }, "unknown_error"],
  ])("with %s is told in a sentence", (_name, message, words) => {
    expect(reasonOf(parse(message))).toContain(words);
  });

  test("never throws, whatever it holds", () => {
    const types = new Set<string>();
    for (const text of hostileMessages(
      [
        START,
        { event: "media", media: { payload: "/38=" } },
        { event: "dtmf", dtmf: { digit: "1" } },
        { event: "mark", mark: { name: "7" } },
      ],
      2000,
    ))
      types.add(parseTelnyxMessage(text).type);
    const known = ["connected", "dtmf", "invalid", "mark", "media", "start", "stop", "unknown"];
    expect(known).toEqual(expect.arrayContaining([...types]));
  });
});

test("what is sent to Telnyx is what it documents", () => {
  expect(JSON.parse(encodeTelnyxMedia(Uint8Array.of(0xff, 0x7f)))).toEqual({
    event: "media",
    media: { payload: "/38=" },
  });
  expect(JSON.parse(encodeTelnyxMark("7"))).toEqual({ event: "mark", mark: { name: "7" } });
  expect(JSON.parse(encodeTelnyxClear())).toEqual({ event: "clear" });
});

test("a call is connected both ways, in mu-law; a busy one hears so", () => {
  const texml = telnyxCallTexml({ host: "example.com", path: "/telephone/telnyx/handler", parameters: { a: '"<' } });
  expect(texml).toContain(
    '<Connect><Stream url="wss://example.com/telephone/telnyx/handler" track="inbound_track" codec="PCMU" bidirectionalMode="rtp" ' +
      'bidirectionalCodec="PCMU"><Parameter name="a" value="&quot;&lt;" /></Stream></Connect>',
  );
  expect(telnyxHangUpTexml("Busy & gone.")).toBe(
    '<?xml version="1.0" encoding="UTF-8"?><Response><Say>Busy &amp; gone.</Say><Hangup /></Response>',
  );
  expect(() => telnyxCallTexml({ host: "a b", path: "/x", parameters: {} })).toThrow("is not a host");
});
