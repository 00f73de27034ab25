/**
 * Which of the stop words a text holds, or undefined. FastRTC's rule: whatever the case, as whole words, several words with any white
 * space or punctuation between them ("Hello, computer!" for "hello computer").
 */
export function findStopWord(text: string, stopWords: readonly string[]): string | undefined {
  const said = ` ${wordsOf(text).join(" ")} `;
  return stopWords.find((stopWord) => {
    const words = wordsOf(stopWord);
    return words.length > 0 && said.includes(` ${words.join(" ")} `);
  });
}

/** The words of a text in lower case, without punctuation around them. */
function wordsOf(text: string): readonly string[] {
  return text
    .toLowerCase()
    .normalize("NFKC")
    .split(/[\s.,!?;:…"“”„()[\]{}¿¡、。！？，—–-]+/u)
    .filter((word) => word !== "");
}
