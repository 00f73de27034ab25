import { expect, test } from "vitest";
import { glyphOutline } from "../../../src/media/caption/font.ts";

const MISSING = glyphOutline(0x65e5);

test.each([
  ["English", "The quick brown fox jumps over the lazy dog 0123456789 !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"],
  ["Western European", "ÄÖÜäöüßÀÂÇÉÈÊËÎÏÔŒÙÛÜŸàâçéèêëîïôœùûüÿñÑ¿¡ãõåøæ€£"],
  ["Central European", "ĄĆĘŁŃÓŚŹŻąćęłńóśźż ČĎĚŇŘŠŤŮŽčďěňřšťůž ŐŰőű ȘȚșț"],
  ["Turkish", "ĞğİıŞş"],
  ["Vietnamese", "Tiếng Việt ẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆơư"],
  ["Greek", "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία"],
  ["Russian and Ukrainian", "Съешь же ещё этих мягких французских булок. ҐґЄєІіЇї"],
  ["typographic", "“quotes” ‘x’ – — … • → ← ↑ ↓ ≤ ≥ ≠ ≈ ∞ ✓ ✗ ★ ● ■ █ ™ №"],
])("the font has all characters of a %s text", (_, text) => {
  const missing = Array.from(text).filter((character) => glyphOutline(character.codePointAt(0) as number) === MISSING);
  expect(missing).toEqual([]);
});

test("a letter with an accent is the letter and the accent", () => {
  const [letter, accented] = ["e", "é"].map((character) => glyphOutline(character.codePointAt(0) as number));
  expect({ advance: accented?.advance, letter: accented?.contours.slice(0, 2) }).toEqual({
    advance: letter?.advance,
    letter: letter?.contours,
  });
});
