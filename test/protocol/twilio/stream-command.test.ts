import { describe, expect, it } from "vitest";
import { encodeTwilioClear, encodeTwilioMark, encodeTwilioMedia } from "../../../src/protocol/twilio/stream-command.ts";

describe("a command for Twilio Media Streams", () => {
  it("has the fields that Twilio documents, and no others", () => {
    expect(
      [
        encodeTwilioMedia("MZ1", Uint8Array.of(0xff, 0x7f)),
        encodeTwilioMark("MZ1", "reply 1"),
        encodeTwilioClear("MZ1"),
      ].map((text): unknown => JSON.parse(text)),
    ).toEqual([
      { event: "media", streamSid: "MZ1", media: { payload: "/38=" } },
      { event: "mark", streamSid: "MZ1", mark: { name: "reply 1" } },
      { event: "clear", streamSid: "MZ1" },
    ]);
  });

  it("holds whatever id the stream has", () => {
    expect(JSON.parse(encodeTwilioMedia('"},{', new Uint8Array(0)))).toEqual({
      event: "media",
      streamSid: '"},{',
      media: { payload: "" },
    });
  });
});
