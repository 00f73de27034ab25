import { describe, expect, it } from "vitest";
import { parseClientMessage } from "../../../src/protocol/websocket/client-message.ts";
import {
  PONG_EVENT,
  encodeStartEvent,
  mediaEventLength,
  writeMediaEvent,
} from "../../../src/protocol/websocket/server-event.ts";

describe("an event of the server", () => {
  it("carries audio as FastRTC's front ends read it", () => {
    const text = new Uint8Array(2 + mediaEventLength(4));
    writeMediaEvent(Uint8Array.of(0xff, 0x7f, 0xff, 0), text, 2);
    expect(JSON.parse(new TextDecoder().decode(text.subarray(2)))).toEqual({
      event: "media",
      media: { payload: "/3//AA==" },
    });
  });

  it("answers a ping", () => {
    expect(JSON.parse(PONG_EVENT)).toEqual({ event: "pong" });
  });

  it("answers a start in the words that asked for the format", () => {
    const start = {
      event: "start",
      websocket_id: 'a"b',
      media: { encoding: "opus", sample_rate: 24_000, channels: 2, binary: false },
    };
    const message = parseClientMessage(JSON.stringify(start));
    expect(message).toMatchObject({ type: "start", media: { sampleRate: 24_000 } });
    if (message.type !== "start" || !message.media) return;
    expect(JSON.parse(encodeStartEvent(message.websocketId, message.media))).toEqual(start);
  });
});
