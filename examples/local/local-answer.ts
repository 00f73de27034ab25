import { setTimeout as sleep } from "node:timers/promises";

/** What a stand-in answers: it has no model. */
export function localAnswer(heard: string): string {
  return `I heard: ${heard.replace(/[.?!\s]+$/, "")}. I am only a stand-in, and have no model.`;
}

/** What a stand-in hears, which has no ears for words. */
export function localTranscript(seconds: number): string {
  return `${seconds.toFixed(1)} seconds of speech`;
}

/** A text word by word, as a language model writes it. */
export async function* wordByWord(text: string): AsyncGenerator<string, void, undefined> {
  for (const word of text.split(/(?<= )/)) {
    await sleep(20);
    yield word;
  }
}
