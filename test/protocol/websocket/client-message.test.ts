import { describe, expect, it } from "vitest";
import { MAX_TEXT_MESSAGE_LENGTH } from "../../../src/protocol/event-message.ts";
import { parseClientMessage } from "../../../src/protocol/websocket/client-message.ts";
import { reasonOf } from "../reason-of.ts";
import { hostileMessages } from "../hostile-messages.ts";

const VALID = [
  { event: "start", websocket_id: "x7k2" },
  {
    event: "start",
    websocket_id: "x7k2",
    media: { encoding: "pcm16", sample_rate: 24_000, channels: 2, binary: true },
  },
  { event: "media", media: { payload: "/3//fw==" } },
  { event: "ping" },
  { event: "stop" },
];

describe("a message of a WebSocket client", () => {
  it("starts a stream as FastRTC's front ends do", () => {
    expect(parse(VALID[0])).toEqual({ type: "start", websocketId: "x7k2", media: undefined });
  });

  it("starts a stream in the format that it asks for", () => {
    expect(parse(VALID[1])).toEqual({
      type: "start",
      websocketId: "x7k2",
      media: { encoding: "pcm16", sampleRate: 24_000, channels: 2, binary: true },
    });
  });

  it("gets one channel in binary messages when it asks for an encoding and a rate alone", () => {
    expect(parse({ event: "start", websocket_id: "a", media: { encoding: "opus", sample_rate: 48_000 } })).toEqual({
      type: "start",
      websocketId: "a",
      media: { encoding: "opus", sampleRate: 48_000, channels: 1, binary: true },
    });
  });

  it("carries audio", () => {
    expect(parse(VALID[2])).toEqual({ type: "media", payload: Uint8Array.of(0xff, 0x7f, 0xff, 0x7f) });
  });

  it("pings and stops", () => {
    expect([parse(VALID[3]), parse(VALID[4])]).toEqual([{ type: "ping" }, { type: "stop" }]);
  });

  it("may have fields that this version does not know", () => {
    expect(parse({ event: "ping", sent_at: 1 })).toEqual({ type: "ping" });
    expect(parse({ event: "start", websocket_id: "a", media: null, extra: {} })).toMatchObject({ type: "start" });
  });

  it("is told apart from errors when its event is unknown, since FastRTC ignores those", () => {
    expect(parse({ event: "telepathy" })).toEqual({ type: "unknown", event: '"telepathy"' });
    expect(parse({ event: `${"x".repeat(50)}\n` })).toEqual({ type: "unknown", event: `"${"x".repeat(40)}…"` });
  });

  it.each([
    ["is not JSON", ""],
    ['"hello" is not JSON', "hello"],
    ["is not a JSON object", "null"],
    ["is not a JSON object", "[]"],
    ['has no "event"', "{}"],
    ['has no "event"', '{"event":1}'],
    ['"websocket_id" of 1 to 128 characters', '{"event":"start"}'],
    ['"websocket_id" of 1 to 128 characters', '{"event":"start","websocket_id":""}'],
    ['"websocket_id" of 1 to 128 characters', '{"event":"start","websocket_id":7}'],
    ['"websocket_id" of 1 to 128 characters', `{"event":"start","websocket_id":"${"x".repeat(129)}"}`],
    ["audio as base64", '{"event":"media"}'],
    ["audio as base64", '{"event":"media","media":"AAAA"}'],
    ["audio as base64", '{"event":"media","media":{"payload":[1]}}'],
    ['"A*AA" is not base64', '{"event":"media","media":{"payload":"A*AA"}}'],
    ["at most 262144 are read", `{"event":"ping","pad":"${"x".repeat(MAX_TEXT_MESSAGE_LENGTH)}"}`],
  ])("is invalid and says: %s", (words, text) => {
    expect(reasonOf(parseClientMessage(text))).toContain(words);
  });

  it.each([
    [[], "is an object"],
    ["pcm16", "is an object"],
    [{}, '"encoding" is one of'],
    [{ encoding: "mp3", sample_rate: 8_000 }, '"encoding" is one of'],
    [{ encoding: "pcm16" }, "whole number from 8000 to 48000"],
    [{ encoding: "pcm16", sample_rate: "8000" }, "whole number from 8000 to 48000"],
    [{ encoding: "pcm16", sample_rate: 7_999 }, "whole number from 8000 to 48000"],
    [{ encoding: "mulaw", sample_rate: 48_001 }, "whole number from 8000 to 48000"],
    [{ encoding: "pcm16", sample_rate: 22_050.5 }, "whole number from 8000 to 48000"],
    [{ encoding: "opus", sample_rate: 44_100 }, "one of 8000, 12000, 16000, 24000, 48000"],
    [{ encoding: "pcm16", sample_rate: 8_000, channels: 6 }, '"channels" is 1 or 2'],
    [{ encoding: "pcm16", sample_rate: 8_000, binary: "yes" }, '"binary" is true or false'],
  ])("is invalid when it asks for the format %j", (media, words) => {
    expect(reasonOf(parse({ event: "start", websocket_id: "a", media }))).toContain(words);
  });

  it("is read without an exception, whatever it holds", () => {
    const types = new Set<string>();
    for (const text of hostileMessages(VALID, 2_000)) types.add(parseClientMessage(text).type);
    expect(["invalid", "media", "ping", "start", "stop", "unknown"]).toEqual(expect.arrayContaining([...types]));
  });
});

function parse(message: unknown): ReturnType<typeof parseClientMessage> {
  return parseClientMessage(JSON.stringify(message));
}
