import { describe, expect, test } from "vitest";
import type { AudioFrame } from "../../src/media/audio-frame.ts";
import type { ModelAudio } from "../../src/session/voice-models.ts";
import { Stream } from "../../src/stream.ts";
import { connectPeer } from "../../src/testing/connect-peer.ts";
import { speak } from "../../src/testing/speak.ts";
import { silence } from "../../src/testing/tone.ts";
import { ReplyOnStopWords } from "../../src/turns/reply-on-stop-words.ts";
import { findStopWord } from "../../src/turns/stop-word-match.ts";
import { ConversationRun, type ConversationRunOptions, voicedMs } from "./support/conversation-run.ts";

describe("a stop word", () => {
  test.each([
    ["Computer, what time is it?", "computer"],
    ["Hey COMPUTER!", "computer"],
    ["hello, robot", "Hello Robot"],
    ["Well … hello robot.", "Hello Robot"],
    ["computers are fast", undefined],
    ["supercomputer", undefined],
    ["hello my robot", undefined],
    ["", undefined],
  ])("in %j: %j", (text, expected) => {
    expect(findStopWord(text, ["computer", "Hello Robot"])).toBe(expected);
  });

  test.each([
    ["Bonjour, l'ordinateur!", "l'ordinateur"],
    ["Привет, Компьютер", "компьютер"],
    ["use c++ now", "C++"],
  ])("in %j: %j, in any language", (text, stopWord) => {
    expect(findStopWord(text, [stopWord])).toBe(stopWord);
  });
});

function listening({
  says,
  seconds = 0,
  ...run
}: ConversationRunOptions & { readonly says: () => string; readonly seconds?: number }) {
  const asked: AudioFrame[] = [];
  const shown: ModelAudio[] = [];
  const conversation: ConversationRun = new ConversationRun(
    (audio) => {
      asked.push(audio);
      return [48_000, new Int16Array(48_000 * 3).fill(700)];
    },
    {
      ...run,
      make: (fn, options) =>
        new ReplyOnStopWords(fn, {
          ...options,
          stopWords: ["computer"],
          sttModel: {
            stt: async (audio) => {
              shown.push(audio);
              await conversation.run.clock.sleep(seconds * 1000);
              return says();
            },
          },
        }),
    },
  );
  return { asked, shown, conversation };
}

describe("ReplyOnStopWords", () => {
  test("answers the turn after a stop word, and needs another one for the next", async () => {
    let said = "the weather is nice";
    const { asked, conversation } = listening({ says: () => said });
    await conversation.speak(1500);
    await conversation.silence(1500);
    expect([asked.length, conversation.run.told]).toEqual([0, []]);
    said = "Computer!";
    await conversation.speak(200);
    await conversation.silence(1500);
    said = "";
    expect(conversation.run.told).toEqual(["stopword: computer"]);
    await conversation.speak(1000);
    await conversation.silence(1000);
    expect(asked.map(voicedMs)).toEqual([1000]);
    await conversation.speak(1000);
    await conversation.silence(1000);
    expect(asked).toHaveLength(1);
    expect(conversation.run.told).toEqual([
      "stopword: computer",
      "log: started_talking",
      "log: pause_detected",
      "log: response_starting",
    ]);
  });

  test("has the last two seconds written down, mono at 16 kHz, only while somebody speaks", async () => {
    const { shown, conversation } = listening({ says: () => "" });
    await conversation.silence(3000);
    expect(shown).toEqual([]);
    await conversation.speak(3000);
    const last = shown.at(-1);
    expect([last?.[0], Math.round((last?.[1].length ?? 0) / 1600)]).toEqual([16_000, 20]);
    const count = shown.length;
    await conversation.silence(8000);
    expect(shown.length - count).toBeLessThanOrEqual(4);
  });

  test("loses nothing of what follows the stop word while the model is at work", async () => {
    let count = 0;
    const { asked, conversation } = listening({ says: () => (++count === 1 ? "computer" : ""), seconds: 0.5 });
    await conversation.speak(2600);
    await conversation.silence(1000);
    // The model was shown the first 0.6 s.
    expect(asked.map((audio) => Math.round(voicedMs(audio) / 100))).toEqual([20]);
  });

  test("a stop word interrupts a reply, and other speech does not", async () => {
    let said = "computer";
    const { conversation } = listening({ says: () => said });
    await conversation.speak(700);
    await conversation.speak(700);
    said = "never mind";
    await conversation.silence(1000);
    expect(conversation.happened).toEqual(["turn-start", "turn-end", "reply-start"]);
    await conversation.speak(700);
    expect(conversation.happened).toHaveLength(3);
    said = "computer stop";
    await conversation.speak(700);
    expect(conversation.happened.at(3)).toBe("reply-cancel");
  });

  test("reports a model that fails, and goes on listening", async () => {
    let count = 0;
    const { asked, conversation } = listening({
      says: () => {
        count += 1;
        if (count === 1) throw new Error("The model stumbled.");
        return "computer";
      },
    });
    await conversation.speak(2500);
    await conversation.silence(1000);
    expect(conversation.run.told).toContain("error: The model stumbled.");
    expect(asked).toHaveLength(1);
  });

  test("copies itself with its stop words, and refuses to have none", () => {
    const handler = new ReplyOnStopWords(() => null, { stopWords: ["computer"] });
    expect(handler.copy().options).toEqual({ stopWords: ["computer"] });
    for (const stopWords of [[], ["!"], [""], "computer"]) {
      expect(() => new ReplyOnStopWords(() => null, { stopWords: stopWords as string[] })).toThrow(/at least one word/);
    }
  });
});

test.each([0, 1240, 1400, 1520, 1720])(
  "%d ms in: the silence after a turn is not written down, where a model may find what nobody said",
  async (ms) => {
    const words = await speak("Computer, what is the capital of France?");
    let asked = 0;
    const sttModel = {
      stt: () => {
        asked += 1;
        return "Computer!";
      },
    };
    const handler = new ReplyOnStopWords(() => null, { stopWords: ["computer"], sttModel });
    await using peer = await connectPeer(new Stream({ handler, modality: "audio" }));
    await peer.sendAudio(silence(ms));
    await peer.sendAudio(words);
    await peer.sendAudio(silence(3000));
    expect([asked, peer.turns.map(({ type }) => type)]).toEqual([
      1,
      ["stopword", "started_talking", "pause_detected", "response_starting"],
    ]);
  },
);
