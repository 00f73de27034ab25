import { describe, expect, it } from "vitest";
import { encodePcm16, parseAudioPayload } from "../../../src/protocol/websocket/audio-payload.ts";
import type { MediaEncoding } from "../../../src/protocol/websocket/media-format.ts";
import { reasonOf } from "../reason-of.ts";
import { SeededRandom } from "../../rtp/support/seeded-random.ts";

describe("the audio of a message", () => {
  it("is 16-bit samples, little endian, also at an odd place in memory", () => {
    const bytes = Uint8Array.of(0xee, 0x01, 0x00, 0xff, 0xff, 0x00, 0x80, 0xff, 0x7f).subarray(1);
    expect(parseAudioPayload(bytes, { encoding: "pcm16", channels: 1 })).toEqual({
      type: "pcm16",
      samples: Int16Array.of(1, -1, -32_768, 32_767),
    });
  });

  it("is written as it is read", () => {
    const samples = Int16Array.of(0, 1, -1, 256, -32_768, 32_767);
    expect(parseAudioPayload(encodePcm16(samples), { encoding: "pcm16", channels: 2 })).toEqual({
      type: "pcm16",
      samples,
    });
  });

  it("is mu-law or one Opus packet, byte for byte", () => {
    const bytes = Uint8Array.of(1, 2, 3);
    expect(parseAudioPayload(bytes, { encoding: "mulaw", channels: 1 })).toEqual({ type: "mulaw", bytes });
    expect(parseAudioPayload(bytes, { encoding: "opus", channels: 2 })).toEqual({ type: "opus", packet: bytes });
  });

  it("may be empty, except as Opus", () => {
    const nothing = new Uint8Array(0);
    expect(parseAudioPayload(nothing, { encoding: "pcm16", channels: 1 })).toEqual({
      type: "pcm16",
      samples: new Int16Array(0),
    });
    expect(parseAudioPayload(nothing, { encoding: "opus", channels: 1 })).toMatchObject({ type: "invalid" });
  });

  it.each<[MediaEncoding, 1 | 2, number, string]>([
    ["pcm16", 1, 3, "3 bytes do not hold whole 16-bit samples of one channel"],
    ["pcm16", 2, 6, "6 bytes do not hold whole 16-bit samples of two channels"],
    ["mulaw", 2, 5, "5 bytes do not hold whole samples of two channels"],
    ["opus", 1, 7_665, "1 to 7664 bytes, not 7665"],
    ["pcm16", 1, 262_146, "at most 262144 are read"],
  ])("is invalid as %s with %i channels in %i bytes", (encoding, channels, byteLength, words) => {
    expect(reasonOf(parseAudioPayload(new Uint8Array(byteLength), { encoding, channels }))).toContain(words);
  });

  it("is read without an exception, whatever the bytes", () => {
    const random = new SeededRandom(3);
    for (let round = 0; round < 500; round += 1) {
      const bytes = random.bytes(random.integer(0, 300));
      const payload = parseAudioPayload(bytes, {
        encoding: random.pick(["mulaw", "pcm16", "opus"]),
        channels: random.pick([1, 2]),
      });
      expect(["mulaw", "pcm16", "opus", "invalid"]).toContain(payload.type);
    }
  });
});
