import { describe, expect, it } from "vitest";
import { decodeBase64, encodeBase64 } from "../../src/protocol/base64.ts";
import { SeededRandom } from "../rtp/support/seeded-random.ts";

describe("base64", () => {
  it.each([
    ["", ""],
    ["f", "Zg=="],
    ["fo", "Zm8="],
    ["foo", "Zm9v"],
    ["foob", "Zm9vYg=="],
    ["fooba", "Zm9vYmE="],
    ["foobar", "Zm9vYmFy"],
  ])("writes and reads the test vector of RFC 4648 for %j", (plain, text) => {
    const bytes = new TextEncoder().encode(plain);
    expect(encodeBase64(bytes)).toBe(text);
    expect(decodeBase64(text)).toEqual(bytes);
  });

  it("agrees with Node for random bytes of every length up to 200 and some beyond one frame", () => {
    const random = new SeededRandom(1);
    for (const length of [...Array(200).keys(), 480, 3_071, 3_072, 3_073, 4_096, 10_001]) {
      const bytes = random.bytes(length);
      const text = Buffer.from(bytes).toString("base64");
      expect(encodeBase64(bytes)).toBe(text);
      expect(decodeBase64(text)).toEqual(bytes);
    }
  });

  it("reads text without padding", () => {
    expect(decodeBase64("Zm9vYg")).toEqual(new TextEncoder().encode("foob"));
    expect(decodeBase64("Zm9vYmE")).toEqual(new TextEncoder().encode("fooba"));
  });

  it("reads bytes that lie in the middle of a buffer", () => {
    expect(encodeBase64(Uint8Array.of(9, 9, 102, 111, 111, 9).subarray(2, 5))).toBe("Zm9v");
  });

  it("hands out memory that later calls leave alone", () => {
    const first = decodeBase64("Zm9v");
    decodeBase64("AAAA");
    expect(first).toEqual(new TextEncoder().encode("foo"));
  });

  it.each([
    "Z",
    "Zm9vY",
    "=",
    "==",
    "====",
    "Z===",
    "Zm 9v",
    "Zm9v\n",
    "Zm-_",
    "Zm9é",
    "Zm9vé===",
    "💣Zm9v",
    "Zg==Zg==",
  ])("refuses %j", (text) => {
    expect(decodeBase64(text)).toBeUndefined();
  });

  it("refuses a large text with one character outside the alphabet, wherever it stands", () => {
    const text = "A".repeat(40_000);
    for (const at of [0, 1, 20_000, 39_997, 39_998, 39_999]) {
      expect(decodeBase64(`${text.slice(0, at)}é${text.slice(at + 1)}`)).toBeUndefined();
      expect(decodeBase64(`${text.slice(0, at)}!${text.slice(at + 1)}`)).toBeUndefined();
    }
  });
});
