import { describe, expect, it } from "vitest";
import { SentenceSplitter } from "../../src/speech/sentence-splitter.ts";

const TEXTS: readonly (readonly [kind: string, text: string, sentences: readonly string[]])[] = [
  ["ends by . ! and ?", "It rains. Really? Yes! Well", ["It rains.", "Really?", "Yes!", "Well"]],
  [
    "titles, initials and abbreviations",
    "Dr. Who met J. R. Smith, e.g. in the U.S. Senate. Mrs. Hall came vs. Mr. Tall.",
    ["Dr. Who met J. R. Smith, e.g. in the U.S. Senate.", "Mrs. Hall came vs. Mr. Tall."],
  ],
  [
    "times",
    "We meet at 9 a.m. today. Not at 9 p.m. Then we go.",
    ["We meet at 9 a.m. today.", "Not at 9 p.m.", "Then we go."],
  ],
  [
    "decimals, versions and addresses",
    "Pay 3.50 at example.com/a.b for v1.2.3. Now.",
    ["Pay 3.50 at example.com/a.b for v1.2.3.", "Now."],
  ],
  [
    "numbers that are named",
    "See No. 5 and Fig. 2. No. It is vol. 3.",
    ["See No. 5 and Fig. 2.", "No.", "It is vol. 3."],
  ],
  [
    "quotes and brackets",
    'He said "Stop!" and left. "Go." (So he did.) Then.',
    ['He said "Stop!" and left.', '"Go."', "(So he did.)", "Then."],
  ],
  ["dots in a row", "Wait... what? Well... I see… Fine", ["Wait... what?", "Well...", "I see…", "Fine"]],
  [
    "Chinese and Japanese",
    "你好。我是小明！「你呢？」他问。元気です",
    ["你好。", "我是小明！", "「你呢？」", "他问。", "元気です"],
  ],
  [
    "Arabic and Urdu",
    "مرحبا بك. كيف حالك؟ أنا بخير. یہ ہے۔ وہ",
    ["مرحبا بك.", "كيف حالك؟", "أنا بخير.", "یہ ہے۔", "وہ"],
  ],
  ["Hindi", "नमस्ते। आप कैसे हैं? ठीक।", ["नमस्ते।", "आप कैसे हैं?", "ठीक।"]],
  ["German", "Das ist z.B. so, d.h. Herr Dr. Maier irrt. Ja!", ["Das ist z.B. so, d.h. Herr Dr. Maier irrt.", "Ja!"]],
  ["Spanish", "¿Qué tal? ¡Bien! La Sra. Ruiz viene.", ["¿Qué tal?", "¡Bien!", "La Sra. Ruiz viene."]],
  [
    "lists",
    "Buy:\n- Apples\n- Pears\n1. One thing\n2. Another",
    ["Buy:", "- Apples", "- Pears", "1. One thing", "2. Another"],
  ],
  [
    "paragraphs, but not lines",
    "A line\nthat goes on\n\nA heading\n\n\nText",
    ["A line that goes on", "A heading", "Text"],
  ],
  ["nothing to say", "... !!! -- \n\n ?", []],
];

describe("sentences", () => {
  it.each(TEXTS)("of %s", (_kind, text, sentences) => {
    const splitter = new SentenceSplitter();
    expect([...splitter.push(text), ...splitter.flush()]).toEqual(sentences);
  });

  it.each(TEXTS)("of %s are the same when the text comes letter by letter", (_kind, text, sentences) => {
    const splitter = new SentenceSplitter();
    const found = Array.from(text, (letter) => splitter.push(letter));
    expect([...found.flat(), ...splitter.flush()]).toEqual(sentences);
  });

  it("come as soon as the beginning of the next is seen, and not before", () => {
    const splitter = new SentenceSplitter();
    expect(["The sun", " shines", ".", " ", "And"].map((piece) => splitter.push(piece))).toEqual([
      [],
      [],
      [],
      [],
      ["The sun shines."],
    ]);
  });

  it("are cut at the last comma, or else the last space, when they do not end", () => {
    const splitter = new SentenceSplitter();
    const withComma = `${"word ".repeat(35)}here, ${"word ".repeat(40)}`;
    expect(splitter.push(withComma)[0]).toBe(`${"word ".repeat(35)}here,`);
    splitter.flush();
    const pieces = [...splitter.push("word ".repeat(200)), ...splitter.flush()];
    expect(pieces.join(" ")).toBe("word ".repeat(200).trim());
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(250);
  });

  it("are never cut through a character, and lose nothing", () => {
    const splitter = new SentenceSplitter();
    const text = `a${"𝒳".repeat(400)}`;
    const pieces = [...splitter.push(text), ...splitter.flush()];
    expect(pieces.join("")).toBe(text);
    expect(pieces.every((piece) => !/^[\udc00-\udfff]|[\ud800-\udbff]$/.test(piece))).toBe(true);
  });

  it("are found in time that grows with the text, whatever a visitor writes", () => {
    const splitter = new SentenceSplitter();
    const dots = ".".repeat(1_000_000); // Each cut looked at all that followed it: a minute.
    expect([...splitter.push(`Wait${dots} Well. Yes`), ...splitter.flush()].slice(-2)).toEqual(["Well.", "Yes"]);
  });

  it("start anew after a flush", () => {
    const splitter = new SentenceSplitter();
    splitter.push("Half a sent");
    expect(splitter.flush()).toEqual(["Half a sent"]);
    expect(splitter.push("One. Two")).toEqual(["One."]);
  });
});
