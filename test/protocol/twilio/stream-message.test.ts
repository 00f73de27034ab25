import { describe, expect, it } from "vitest";
import { parseTwilioMessage } from "../../../src/protocol/twilio/stream-message.ts";
import { hostileMessages } from "../hostile-messages.ts";
import { reasonOf } from "../reason-of.ts";

/** The messages in the shape that Twilio documents, with sids of its lengths. */
const STREAM_SID = "MZ18ad3ab5a668481ce02b83e7395059f0";
const CALL_SID = "CA7f2cbd1e2f3a4b5c6d7e8f9012345678";
const ACCOUNT_SID = "AC0123456789abcdef0123456789abcdef";
const CONNECTED = { event: "connected", protocol: "Call", version: "1.0.0" };
const START = {
  event: "start",
  sequenceNumber: "1",
  start: {
    accountSid: ACCOUNT_SID,
    streamSid: STREAM_SID,
    callSid: CALL_SID,
    tracks: ["inbound"],
    mediaFormat: { encoding: "audio/x-mulaw", sampleRate: 8000, channels: 1 },
    customParameters: { FirstName: "Jane", RemoteParty: "Bob" },
  },
  streamSid: STREAM_SID,
};
const MEDIA = {
  event: "media",
  sequenceNumber: "4",
  media: { track: "inbound", chunk: "2", timestamp: "25", payload: "/3//fw==" },
  streamSid: STREAM_SID,
};
const MARK = { event: "mark", sequenceNumber: "4", streamSid: STREAM_SID, mark: { name: "my label" } };
const DTMF = {
  event: "dtmf",
  streamSid: STREAM_SID,
  sequenceNumber: "5",
  dtmf: { track: "inbound_track", digit: "#" },
};
const STOP = {
  event: "stop",
  sequenceNumber: "5",
  stop: { accountSid: ACCOUNT_SID, callSid: CALL_SID },
  streamSid: STREAM_SID,
};

describe("a message of Twilio Media Streams", () => {
  it("tells the story of a call", () => {
    expect([CONNECTED, START, MEDIA, DTMF, MARK, STOP].map(parse)).toEqual([
      { type: "connected" },
      {
        type: "start",
        streamSid: STREAM_SID,
        callSid: CALL_SID,
        accountSid: ACCOUNT_SID,
        customParameters: { FirstName: "Jane", RemoteParty: "Bob" },
      },
      { type: "media", track: "inbound", chunk: 2, timestampMs: 25, payload: Uint8Array.of(0xff, 0x7f, 0xff, 0x7f) },
      { type: "dtmf", digit: "#" },
      { type: "mark", name: "my label" },
      { type: "stop" },
    ]);
  });

  it("starts with the least that imitators of Twilio send", () => {
    expect(parse({ event: "start", streamSid: "MZ1" })).toEqual({
      type: "start",
      streamSid: "MZ1",
      callSid: "",
      accountSid: "",
      customParameters: {},
    });
  });

  it("may leave out where the audio stands, or count in numbers", () => {
    expect(parse({ event: "media", media: { payload: "AA==" } })).toEqual({
      type: "media",
      track: "inbound",
      chunk: undefined,
      timestampMs: undefined,
      payload: Uint8Array.of(0),
    });
    expect(parse({ event: "media", media: { payload: "AA==", chunk: 7, timestamp: -1 } })).toMatchObject({
      chunk: 7,
      timestampMs: undefined,
    });
  });

  it("keeps parameters apart from the prototype, whatever their names", () => {
    const text = `{"event":"start","streamSid":"MZ1","start":{"callSid":"CA1","customParameters":{"__proto__":"x","toString":"y"}}}`;
    const message = parseTwilioMessage(text);
    const parameters = message.type === "start" ? message.customParameters : {};
    expect(Object.entries(parameters)).toEqual([
      ["__proto__", "x"],
      ["toString", "y"],
    ]);
    expect(Object.getPrototypeOf(parameters)).toBe(Object.prototype);
  });

  it("is told apart from errors when its event is unknown", () => {
    expect(parse({ event: "telepathy" })).toEqual({ type: "unknown", event: '"telepathy"' });
  });

  it.each([
    ["is not JSON", "<Response/>"],
    ['needs a "streamSid"', { event: "start", start: { callSid: "CA1" } }],
    ['needs a "streamSid"', { event: "start", streamSid: 7, start: { callSid: "CA1" } }],
    ['"callSid" has at most', { event: "start", streamSid: "MZ1", start: { callSid: "x".repeat(129) } }],
    ['"accountSid" has at most', start({ accountSid: 1 })],
    ['"mediaFormat" is not', start({ mediaFormat: { encoding: "audio/l16", sampleRate: 16_000, channels: 1 } })],
    ['"mediaFormat" is not', start({ mediaFormat: { encoding: "audio/x-mulaw", sampleRate: 8000, channels: 2 } })],
    ['"mediaFormat" is not', start({ mediaFormat: "audio/x-mulaw" })],
    ['"customParameters" holds at most', start({ customParameters: { a: 1 } })],
    ['"customParameters" holds at most', start({ customParameters: { a: "x".repeat(4097) } })],
    [
      '"customParameters" holds at most',
      start({ customParameters: Object.fromEntries(Array.from({ length: 65 }, (_, index) => [index, ""])) }),
    ],
    ['needs a "payload"', { event: "media", media: {} }],
    ["is not base64", { event: "media", media: { payload: "%" } }],
    ['"track" is', { event: "media", media: { payload: "AA==", track: "both" } }],
    ['needs a "name"', { event: "mark" }],
    ['needs a "name"', { event: "mark", mark: { name: "" } }],
    ['needs a "digit"', { event: "dtmf", dtmf: { digit: "12" } }],
    ['needs a "digit"', { event: "dtmf", dtmf: { digit: 1 } }],
  ])("is invalid and says: %s", (words, message) => {
    expect(reasonOf(typeof message === "string" ? parseTwilioMessage(message) : parse(message))).toContain(words);
  });

  it("is read without an exception, whatever it holds", () => {
    const types = new Set<string>();
    for (const text of hostileMessages([CONNECTED, START, MEDIA, MARK, DTMF, STOP], 2_000)) {
      types.add(parseTwilioMessage(text).type);
    }
    const known = ["connected", "dtmf", "invalid", "mark", "media", "start", "stop", "unknown"];
    expect(known).toEqual(expect.arrayContaining([...types]));
  });

  it("does not throw for a rate that cannot become a number", () => {
    expect(
      reasonOf(
        parseTwilioMessage('{"event":"start","start":{"streamSid":"MZ1","mediaFormat":{"sampleRate":{"toString":1}}}}'),
      ),
    ).toContain("mediaFormat");
  });
});

function start(fields: object): object {
  return { event: "start", streamSid: "MZ1", start: { callSid: "CA1", ...fields } };
}

function parse(message: object): ReturnType<typeof parseTwilioMessage> {
  return parseTwilioMessage(JSON.stringify(message));
}
