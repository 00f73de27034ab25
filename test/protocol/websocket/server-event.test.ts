import { describe, expect, it } from "vitest";
import { parseClientMessage } from "../../../src/protocol/websocket/client-message.ts";
import { PONG_EVENT, encodeMediaEvent, encodeStartEvent } from "../../../src/protocol/websocket/server-event.ts";

describe("an event of the server", () => {
  it("carries audio as FastRTC's front ends read it", () => {
    expect(JSON.parse(encodeMediaEvent(Uint8Array.of(0xff, 0x7f, 0xff)))).toEqual({
      event: "media",
      media: { payload: "/3//" },
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
