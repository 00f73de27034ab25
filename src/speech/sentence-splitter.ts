/** What ends a sentence in scripts that put a space after it; Arabic, Urdu, Hindi, Armenian and Ethiopic ends among them. */
const SPACED_END = /[.!?\u2026\u061f\u06d4\u0964\u0965\u0589\u1362]/u;
/** What ends a sentence in Chinese and Japanese, with or without a space after it. */
const UNSPACED_END = /[\u3002\uff01\uff1f\uff61\uff0e]/u;
/** Quotes and brackets that close after the end of a sentence, and belong to it. */
const CLOSER = /["'\u2019\u201d\u00bb)\]}\u300d\u300f\uff09\u3011*_]/u;
/** Where a sentence that is too long may be cut, the best first. */
const CUTS = [/[;:\uff1b\uff1a\u061b]/u, /[,\uff0c\u3001\u060c\u2013\u2014]/u, /\s/u];
/** A new paragraph, or a new line that begins an item of a list. */
const PARAGRAPH = /\n[^\S\n]*(?:\n|(?=[-*\u2022][^\S\n]|\d{1,3}[.)][^\S\n]))/u;

/** Words with a full stop that never end a sentence, because a name or an example follows. */
const NEVER_LAST = new Set(
  "mr mrs ms dr prof sr sra dra st mt rev hon gen col lt capt sgt pres gov sen rep hr fr mme mlle vs cf bzw approx e.g i.e z.b d.h vgl".split(
    " ",
  ),
);
/** Words with a full stop that do not end a sentence when a number follows. */
const BEFORE_NUMBERS = new Set("no nos nr vol pp p fig figs ca art ch sec".split(" "));

/** Longer sentences are cut: speech models take some 500 sounds at a time, and the listener waits for the whole of it. */
const MAXIMUM_LENGTH = 250;

/** How far marks in a row are followed: a visitor may write a million dots. */
const MAXIMUM_MARKS = 2 * MAXIMUM_LENGTH;

/**
 * Cuts text into sentences while it comes, piece by piece, as from a language model: each is given out as soon as it is
 * certain to be complete. "Dr. Who paid 3.50 at 9 a.m. today." is one. It holds at most 250 characters back.
 */
export class SentenceSplitter {
  #text = "";

  /** Takes the next piece of text, and gives the sentences that are complete by now. */
  push(text: string): string[] {
    this.#text += text;
    return this.#take(false);
  }

  /** The rest: what comes afterwards is a new text. */
  flush(): string[] {
    const sentences = this.#take(true);
    this.#text = "";
    return sentences;
  }

  #take(last: boolean): string[] {
    const sentences: string[] = [];
    for (;;) {
      const end = sentenceEnd(this.#text, last);
      if (end === undefined) return sentences;
      const sentence = this.#text.slice(0, end).replace(/\s+/gu, " ").trim();
      this.#text = this.#text.slice(end);
      // Punctuation alone has no sound.
      if (/[\p{L}\p{N}]/u.test(sentence)) sentences.push(sentence);
    }
  }
}

/** Where the first sentence ends; undefined while that is not known. */
function sentenceEnd(text: string, last: boolean): number | undefined {
  const paragraph = PARAGRAPH.exec(text.slice(0, MAXIMUM_LENGTH))?.index;
  for (let index = 0; index < Math.min(text.length, paragraph ?? MAXIMUM_LENGTH); index += 1) {
    const character = text.charAt(index);
    if (!SPACED_END.test(character) && !UNSPACED_END.test(character)) continue;
    let end = index + 1;
    while (end < MAXIMUM_MARKS && isMark(text.charAt(end))) end += 1;
    // Whatever follows could still belong to it.
    if (end >= text.length) break;
    if (UNSPACED_END.test(text.slice(index, end))) return end;
    if (/\s/u.test(text.charAt(end))) {
      const next = text.slice(end).trimStart();
      if (next === "") break;
      if (endsSentence(text.slice(0, index + 1), next)) return end;
    }
    index = end - 1;
  }
  if (paragraph !== undefined) return paragraph + 1;
  if (text.length > MAXIMUM_LENGTH) return cutOf(text.slice(0, MAXIMUM_LENGTH));
  return last && text !== "" ? text.length : undefined;
}

/** Whether it ends a sentence, or closes after its end. */
function isMark(character: string): boolean {
  return SPACED_END.test(character) || UNSPACED_END.test(character) || CLOSER.test(character);
}

/** Whether the mark at the end of `text` ends a sentence when `next` follows after a space. */
function endsSentence(text: string, next: string): boolean {
  const begin = next.replace(/^["'\u2018\u201c\u00ab([{\u00bf\u00a1*_]+/u, "");
  // In scripts with small letters a sentence does not begin with one.
  if (/^\p{Ll}/u.test(begin)) return false;
  if (!text.endsWith(".") || text.endsWith("..")) return true;
  const word = /[^\s("'\u201c\u00ab[]*$/u.exec(text.slice(0, -1))?.[0] ?? "";
  const known = word.toLowerCase();
  if (NEVER_LAST.has(known) || (BEFORE_NUMBERS.has(known) && /^\d/u.test(begin))) return false;
  // Initials, of a name or "U.S.", though not the English "I"; and the number of a list's item.
  if (/^(?:\p{Lu}\.)*\p{Lu}$/u.test(word) && word !== "I") return false;
  return !/^\s*\d{1,3}\.$/u.test(text);
}

/** Where to cut a text that has no end: after the last good place in its second half, or simply at its end. */
function cutOf(text: string): number {
  for (const cut of CUTS) {
    for (let index = text.length - 1; index >= text.length / 2; index -= 1) {
      if (cut.test(text.charAt(index))) return index + 1;
    }
  }
  // Not between the two halves of a character beyond the first 65,536.
  return /[\ud800-\udbff]$/u.test(text) ? text.length - 1 : text.length;
}
