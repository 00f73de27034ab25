import type { SpokenText } from "../session/voice-models.ts";
import { SentenceSplitter } from "./sentence-splitter.ts";
import { untilAborted } from "./until-aborted.ts";

/**
 * The sentences of a text, each as soon as it is complete.
 * @throws `signal.reason` once it aborts, also while the text's source is waited for.
 */
export async function* sentencesOf(text: SpokenText, signal: AbortSignal): AsyncGenerator<string, void, undefined> {
  const splitter = new SentenceSplitter();
  if (typeof text === "string") {
    yield* splitter.push(text);
    yield* splitter.flush();
    return;
  }
  const source = Symbol.asyncIterator in text ? text[Symbol.asyncIterator]() : text[Symbol.iterator]();
  let ended = false;
  try {
    for (;;) {
      const next = await untilAborted(Promise.resolve(source.next()), signal);
      if (next.done === true) break;
      yield* splitter.push(next.value);
    }
    ended = true;
    yield* splitter.flush();
  } finally {
    // A source that is stuck must not keep the speech from ending: it is told, and not waited for.
    if (!ended) Promise.resolve(source.return?.()).catch(() => {});
  }
}
