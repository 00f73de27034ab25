import { describe, expect, test } from "vitest";
import { plivoCallXml, plivoHangUpXml } from "../../../src/protocol/plivo/incoming-call.ts";
import {
  encodePlivoCheckpoint,
  encodePlivoClear,
  encodePlivoMedia,
} from "../../../src/protocol/plivo/stream-command.ts";
import { parsePlivoMessage } from "../../../src/protocol/plivo/stream-message.ts";
import { hostileMessages } from "../hostile-messages.ts";
import { reasonOf } from "../reason-of.ts";

const parse = (message: object) => parsePlivoMessage(JSON.stringify(message));
const STREAM_ID = "87654321-4321-4321-4321-cba987654321";
/** As Plivo's reference of its stream events shows it. */
const START = {
  event: "start",
  sequenceNumber: 1,
  start: {
    callId: "12345678-1234-1234-1234-123456789abc",
    streamId: STREAM_ID,
    accountId: "MAXXXXXXXXXXXXXXXXXX",
    tracks: ["inbound"],
    mediaFormat: { encoding: "audio/x-mulaw", sampleRate: 8000 },
  },
  extra_headers: "userId=12345;sessionId=abc-xyz",
};

describe("a message of Plivo", () => {
  test("is read as its documentation shows it", () => {
    expect(parse(START)).toEqual({
      type: "start",
      streamId: STREAM_ID,
      callId: START.start.callId,
      parameters: { userId: "12345", sessionId: "abc-xyz" },
    });
    const media = { track: "inbound", timestamp: "1705312200000", chunk: 41, payload: "/3//fw==" };
    expect(parse({ event: "media", sequenceNumber: 42, streamId: STREAM_ID, media })).toEqual({
      type: "media",
      payload: Uint8Array.of(0xff, 0x7f, 0xff, 0x7f),
      timestampMs: 1_705_312_200_000,
    });
    expect(parse({ event: "dtmf", streamId: STREAM_ID, dtmf: { digit: "#" } })).toEqual({ type: "dtmf", digit: "#" });
    expect(parse({ event: "playedStream", streamId: STREAM_ID, name: "7" })).toEqual({ type: "mark", name: "7" });
    expect(parse({ event: "clearedAudio", streamId: STREAM_ID })).toEqual({ type: "unknown", event: '"clearedAudio"' });
    expect(parse({ event: "stop" })).toEqual({ type: "stop" });
  });

  test.each([
    ["a stream without a name", { ...START, start: {} }, "streamId"],
    [
      "another codec",
      { ...START, start: { ...START.start, mediaFormat: { encoding: "audio/x-l16", sampleRate: 16_000 } } },
      "audio/x-mulaw",
    ],
    ["headers that are none", { ...START, extra_headers: 5 }, "extra_headers"],
    ["sound that is no base64", { event: "media", media: { payload: "*" } }, "base64"],
    ["a checkpoint without a name", { event: "playedStream" }, "playedStream"],
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
        { event: "playedStream", name: "7" },
      ],
      2000,
    ))
      types.add(parsePlivoMessage(text).type);
    const known = ["connected", "dtmf", "invalid", "mark", "media", "start", "stop", "unknown"];
    expect(known).toEqual(expect.arrayContaining([...types]));
  });
});

test("what is sent to Plivo is what it documents", () => {
  expect(JSON.parse(encodePlivoMedia(STREAM_ID, Uint8Array.of(0xff, 0x7f)))).toEqual({
    event: "playAudio",
    streamId: STREAM_ID,
    media: { contentType: "audio/x-mulaw", sampleRate: 8000, payload: "/38=" },
  });
  expect(JSON.parse(encodePlivoCheckpoint(STREAM_ID, "7"))).toEqual({
    event: "checkpoint",
    streamId: STREAM_ID,
    name: "7",
  });
  expect(JSON.parse(encodePlivoClear(STREAM_ID))).toEqual({ event: "clearAudio", streamId: STREAM_ID });
});

test("a call is connected both ways, in mu-law; a busy one hears so", () => {
  const address = { host: "example.com", path: "/telephone/plivo/handler" };
  expect(plivoCallXml({ ...address, parameters: { ticket: "a1" } })).toContain(
    '<Stream bidirectional="true" keepCallAlive="true" contentType="audio/x-mulaw;rate=8000" extraHeaders="ticket=a1">' +
      "wss://example.com/telephone/plivo/handler</Stream>",
  );
  expect(plivoHangUpXml("Busy.")).toBe(
    '<?xml version="1.0" encoding="UTF-8"?><Response><Speak>Busy.</Speak><Hangup /></Response>',
  );
  expect(() => plivoCallXml({ ...address, parameters: { a: "b c" } })).toThrow("letters and digits");
});
