import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { decodeALaw, decodeMuLaw, encodeALaw, encodeMuLaw } from "../../src/media/g711.ts";

const ALL_CODES = Uint8Array.from({ length: 256 }, (_, code) => code);
const ALL_SAMPLES = Int16Array.from({ length: 65_536 }, (_, index) => index - 32_768);

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

test("mu-law codes have the values of the recommendation", () => {
  const codes = [0x00, 0x0f, 0x10, 0x3f, 0x70, 0x7e, 0x7f, 0x80, 0xfe, 0xff];
  expect([...decodeMuLaw(Uint8Array.from(codes))]).toEqual([
    -32_124, -16_764, -15_996, -1_980, -120, -8, 0, 32_124, 8, 0,
  ]);
});

test("A-law codes have the values of the recommendation", () => {
  const codes = [0x2a, 0xaa, 0x55, 0xd5, 0x54, 0xd4, 0x80, 0x00];
  expect([...decodeALaw(Uint8Array.from(codes))]).toEqual([-32_256, 32_256, -8, 8, -24, 24, 5_504, -5_504]);
});

// Sums over all codes and samples as Python's audioop gives them. (Its mu-law encoder rounds negative samples another way.)
test("both decoders, and the A-law encoder, agree with an independent implementation on all of their input", () => {
  expect({
    muLaw: sha256(new Uint8Array(decodeMuLaw(ALL_CODES).buffer)),
    aLaw: sha256(new Uint8Array(decodeALaw(ALL_CODES).buffer)),
    encoded: sha256(encodeALaw(ALL_SAMPLES)),
  }).toEqual({
    muLaw: "3dab54339e520bb2c924826e3b72a917a2b612e9fd12fc867500f1d983a75827",
    aLaw: "e04788d110e58ff8c70c93b8480190d973e3b67876b6119abbaec766cc75c174",
    encoded: "38488f6fd710f4686360edc4d38639f96c491595ef93f8eb8d62d5e07ca6ce7b",
  });
});

describe.each([
  ["mu-law", encodeMuLaw, decodeMuLaw],
  ["A-law", encodeALaw, decodeALaw],
] as const)("%s", (law, encode, decode) => {
  test("gives every code back after decoding it", () => {
    const again = encode(decode(ALL_CODES));
    // Mu-law has two codes for 0, of which the positive one is used.
    const expected = ALL_CODES.map((code) => (law === "mu-law" && code === 0x7f ? 0xff : code));
    expect(again).toEqual(expected);
  });

  test("chooses the value next to each sample, but where two segments meet", () => {
    const values = decode(ALL_CODES).toSorted();
    const decoded = decode(encode(ALL_SAMPLES));
    let next = 0;
    let worst = 0;
    ALL_SAMPLES.forEach((sample, index) => {
      while (next + 1 < values.length && (values[next + 1] as number) <= sample) next += 1;
      const nearest = Math.min(
        Math.abs(sample - (values[next] as number)),
        Math.abs(sample - (values[Math.min(next + 1, values.length - 1)] as number)),
      );
      worst = Math.max(worst, Math.abs(sample - (decoded[index] as number)) - nearest);
    });
    expect({ worst, first: decoded[0], last: decoded.at(-1) }).toEqual({
      // Where segments meet the recommendation decides by the seam, a quarter of a step beside the middle.
      worst: 256,
      first: values[0],
      last: values.at(-1),
    });
  });

  test("never falls where the samples rise", () => {
    const decoded = decode(encode(ALL_SAMPLES));
    expect(decoded.some((value, index) => index > 0 && value < (decoded[index - 1] as number))).toBe(false);
  });
});
