import { ReplyOnPause, ReplyOnStopWords } from "fastrtc";
import { tone } from "./sound-handlers.ts";

const REPLY_SECONDS = 10;

/** What the stand-in for speech to text hears: the words posted last, once. */
let words = "";

/** Has the stand-in hear these words the next time that it is asked. */
export function sayStopWords(text: string): void {
  words = text;
}

/** Answers each turn with that turn's own sound. */
export const replyEcho = new ReplyOnPause((audio) => audio);

/** Answers each turn with 440 Hz for ten seconds, and can be interrupted. */
export const replyLong = new ReplyOnPause(() => tone(440, REPLY_SECONDS));

/** The same, but protected until it has been played. */
export const replyGuarded = new ReplyOnPause(() => tone(440, REPLY_SECONDS), { canInterrupt: false });

/** Answers the turn after "computer", or "hello computer", with that turn's own sound. */
export const replyOnStopWord = new ReplyOnStopWords((audio) => audio, {
  stopWords: ["computer", "hello computer"],
  sttModel: {
    stt: () => {
      const said = words;
      words = "";
      return said;
    },
  },
});
