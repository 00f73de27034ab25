import { expect, test } from "vitest";
import { layOut } from "../../../src/media/caption/text-layout.ts";

function linesOf(texts: string[], maxWidth: number): string[] {
  return layOut(texts, 10, maxWidth).map(({ codePoints }) => String.fromCodePoint(...codePoints));
}

test("text that fits stays on one line", () => {
  expect(linesOf(["Hello from FastRTC!"], 1000)).toEqual(["Hello from FastRTC!"]);
});

test("line feeds and separate strings begin lines", () => {
  expect(linesOf(["one\ntwo\r\nthree", "", "four"], 1000)).toEqual(["one", "two", "three", "", "four"]);
});

test("a long line is broken between words", () => {
  expect(linesOf(["the quick brown fox jumps"], 80)).toEqual(["the quick", "brown fox", "jumps"]);
});

test("a word that is longer than a line is broken where it reaches the edge", () => {
  expect(linesOf(["a mmmmmmmmmm b"], 40)).toEqual(["a", "mmm", "mmm", "mmm", "m b"]);
});

test("a line holds a character even where there is no room for one", () => {
  expect(linesOf(["abc"], 1)).toEqual(["a", "b", "c"]);
});

test("no line is wider than it may be, and its width is that of its characters", () => {
  const lines = layOut(["The five boxing wizards jump quickly over and over again"], 10, 100);
  const alone = lines.map(({ codePoints }) => layOut([String.fromCodePoint(...codePoints)], 10, 1000)[0]?.width ?? 0);
  const worst = Math.max(...lines.map(({ width }, index) => Math.abs(width - (alone[index] as number))));
  expect(worst).toBeLessThan(1e-6);
  expect(Math.max(...alone)).toBeLessThanOrEqual(100);
});

test("letters with separate accents become one character; marks without a letter of their own are not seen", () => {
  expect(linesOf(["e\u0301 x\u0301 \u200d\u{fe0f}\u0007."], 1000)).toEqual(["é x ."]);
});

test("of a text of any length the first 4,000 characters are laid out", () => {
  const lines = layOut(["x".repeat(3_990), "y".repeat(10_000_000), "z"], 10, 1e9);
  expect(lines.map(({ codePoints }) => codePoints.length)).toEqual([3_990, 10, 0]);
});
