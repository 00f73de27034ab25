import { describe, expect, test } from "vitest";
import { AudioFrame } from "../../src/media/audio-frame.ts";
import { AdditionalOutputs } from "../../src/session/additional-outputs.ts";
import { getCurrentReply, ReplyInterruption } from "../../src/turns/current-reply.ts";
import type { InterruptedReply } from "../../src/turns/reply-on-pause-options.ts";
import { ReplyOnPause } from "../../src/turns/reply-on-pause.ts";
import { ConversationRun, voicedMs } from "./support/conversation-run.ts";

const RATE = 48_000;

/** Sound that is known by its value. */
const sound = (ms: number, value = 700): readonly [number, Int16Array] => [
  RATE,
  new Int16Array((ms * RATE) / 1000).fill(value),
];

/** Notes what it was asked, and answers with sound. */
function answering(ms = 2000) {
  const asked: AudioFrame[] = [];
  return { asked, fn: (audio: AudioFrame) => (asked.push(audio), sound(ms, 700 + asked.length)) };
}

const milliseconds = (samples: readonly number[]): number => (samples.length * 1000) / RATE;

describe("ReplyOnPause", () => {
  test("answers a turn with the whole of it, pre-roll and all, and says what happens as FastRTC does", async () => {
    const { asked, fn } = answering(100);
    const conversation = new ConversationRun(fn);
    await conversation.silence(1000);
    await conversation.speak(1000);
    await conversation.silence(1000);
    expect(asked).toHaveLength(1);
    const [audio] = asked as [AudioFrame];
    expect([audio.sampleRate, audio.channels, audio.samples instanceof Int16Array]).toEqual([RATE, 1, true]);
    expect(voicedMs(audio)).toBe(1000);
    // The voice begins 0.4 s after the turn's sound does, give or take a window.
    expect(Math.abs(audio.toInt16().findIndex((sample) => sample !== 0) / 48 - 400)).toBeLessThanOrEqual(32);
    expect(milliseconds(conversation.heard)).toBe(100);
    expect(conversation.run.told).toEqual(["log: started_talking", "log: pause_detected", "log: response_starting"]);
    expect(conversation.happened).toEqual(["turn-start", "turn-end", "reply-start"]);
  });

  test("is given 16 bits in the rate and layout asked for", async () => {
    const { asked, fn } = answering(100);
    const conversation = new ConversationRun(fn, { options: { inputSampleRate: 16_000, expectedLayout: "stereo" } });
    await conversation.speak(600);
    await conversation.silence(1000);
    expect(asked.map(({ sampleRate, channels }) => [sampleRate, channels])).toEqual([[16_000, 2]]);
  });

  const result = sound(60);
  test.each([
    ["a function", () => result],
    ["an async function", async () => result],
    [
      "a generator",
      function* () {
        yield result;
      },
    ],
    [
      "an async generator",
      async function* () {
        yield result;
      },
    ],
    [
      "a function that returns an async generator later",
      async () =>
        (async function* () {
          yield new AudioFrame({ samples: result[1], sampleRate: RATE });
        })(),
    ],
  ])("takes %s", async (_name, fn) => {
    const conversation = new ConversationRun(fn);
    await conversation.speak(600);
    await conversation.silence(1000);
    expect(milliseconds(conversation.heard)).toBe(60);
    expect(conversation.run.told.slice(-1)).toEqual(["log: response_starting"]);
  });

  test("announces a reply without sound, and passes on what it gives beside sound", async () => {
    const conversation = new ConversationRun(function* () {
      yield new AdditionalOutputs("text");
      yield null;
    });
    await conversation.speak(600);
    await conversation.silence(1000);
    expect(conversation.run.outputs).toEqual([["text"]]);
    expect(conversation.run.told).toEqual([
      "log: started_talking",
      "log: pause_detected",
      "fetch_output",
      "log: response_starting",
    ]);
  });

  test("reports what the function throws to the log and the peer, and answers the next turn", async () => {
    let count = 0;
    const conversation = new ConversationRun(async function* () {
      count += 1;
      yield sound(40);
      if (count === 1) throw new Error("The model is not there.");
    });
    for (let turns = 0; turns < 2; turns += 1) {
      await conversation.speak(600);
      await conversation.silence(1000);
    }
    expect(count).toBe(2);
    expect(milliseconds(conversation.heard)).toBe(80);
    expect(conversation.run.told.filter((message) => message.startsWith("error"))).toEqual([
      "error: The model is not there.",
    ]);
    expect(conversation.run.logger.at("error")).toEqual(["the handler failed:"]);
  });

  test("speaks first when it has a startupFn, and can be interrupted in that", async () => {
    const conversation = new ConversationRun(() => null, { options: { startupFn: () => sound(3000) } });
    await conversation.silence(500);
    expect(conversation.happened).toEqual(["reply-start"]);
    await conversation.speak(700);
    expect(conversation.happened).toEqual(["reply-start", "reply-hold", "reply-cancel", "turn-start"]);
  });

  test("a handler for each peer: what one hears the other does not know", () => {
    const handler = new ReplyOnPause(() => null);
    const copies = [handler.copy(), handler.copy()];
    expect(new Set([handler, ...copies]).size).toBe(3);
    expect(copies.every((copy) => copy instanceof ReplyOnPause && copy.fn === handler.fn)).toBe(true);
  });

  test.each([
    [{ algoOptions: { audioChunkDuration: 0 } }, /algoOptions cannot be used:\n.*from 0\.1 to 10/],
    [{ algoOptions: { speechTreshold: 0.1 } }, /speechTreshold/],
    [{ turnOptions: { preRollMs: -1 } }, /turnOptions cannot be used:\n.*milliseconds/],
    [{ turnOptions: { duplex: "none" } }, /duplex/],
    [{ inputSampleRate: 5 }, /inputSampleRate/],
  ])("refuses the options %j", (options, message) => {
    expect(() => new ReplyOnPause(() => null, options as object)).toThrow(message);
  });
});

describe("speech over a reply", () => {
  test("silences it within 0.25 s, closes the generator through its signal, and tells how much was heard", async () => {
    const interrupted: InterruptedReply[] = [];
    let reason: unknown;
    let closed = false;
    const conversation = new ConversationRun(
      async function* () {
        const { signal } = getCurrentReply();
        signal.addEventListener("abort", () => void (reason = signal.reason));
        try {
          for (let count = 0; ; count += 1) yield sound(200);
        } finally {
          closed = true;
        }
      },
      { options: { onInterrupted: (reply) => interrupted.push(reply) } },
    );
    await conversation.speak(600);
    await conversation.silence(2500);
    const onsetMs = conversation.nowMs;
    await conversation.speak(700);
    expect((conversation.timeOf("reply-hold") ?? Infinity) - onsetMs).toBeLessThanOrEqual(250);
    expect(closed).toBe(true);
    expect(reason).toBeInstanceOf(ReplyInterruption);
    expect(interrupted).toEqual([{ cause: "interrupted", playedMs: milliseconds(conversation.heard) }]);
    expect((reason as ReplyInterruption).playedMs).toBe(interrupted[0]?.playedMs);
  });

  test("is a turn of its own, with its first syllable", async () => {
    const { asked, fn } = answering(5000);
    const conversation = new ConversationRun(fn);
    await conversation.speak(600);
    await conversation.silence(2500);
    await conversation.speak(900);
    await conversation.silence(1000);
    expect(asked.map(voicedMs)).toEqual([600, 900]);
  });

  test("of 0.4 s lets it go on, and none of it is lost", async () => {
    const { asked, fn } = answering(3000);
    const conversation = new ConversationRun(fn);
    await conversation.speak(600);
    await conversation.silence(2000);
    await conversation.speak(380);
    const heardMs = milliseconds(conversation.heard);
    await conversation.silence(200);
    expect(milliseconds(conversation.heard)).toBe(heardMs);
    await conversation.silence(4000);
    expect(milliseconds(conversation.heard)).toBe(3000);
    expect(asked).toHaveLength(1);
    expect(conversation.happened.slice(2)).toEqual(["reply-start", "reply-hold", "reply-resume"]);
  });

  test("before it has begun to sound goes on with the turn: the next call has both parts, the first is told to stop", async () => {
    const asked: AudioFrame[] = [];
    const aborted: boolean[] = [];
    const conversation = new ConversationRun(async (audio) => {
      asked.push(audio);
      const { signal } = getCurrentReply();
      await conversation.run.clock.sleep(2000, signal).catch((thrown: unknown) => {
        aborted.push(signal.aborted);
        throw thrown;
      });
      return sound(100);
    });
    await conversation.speak(600);
    await conversation.silence(1500);
    await conversation.speak(500);
    await conversation.silence(4000);
    expect(asked.map(voicedMs)).toEqual([600, 1100]);
    expect(aborted).toEqual([true]);
    expect(milliseconds(conversation.heard)).toBe(100);
    expect(conversation.run.logger.at("error")).toEqual([]);
  });

  test("of a generator that waits for what never comes is answered all the same", async () => {
    let calls = 0;
    const conversation = new ConversationRun(async function* () {
      calls += 1;
      yield sound(3000);
      await new Promise(() => undefined);
    });
    for (let turns = 0; turns < 3; turns += 1) {
      await conversation.speak(700);
      await conversation.silence(2000);
    }
    expect(calls).toBe(3);
  });

  test("is not heard until the last of a protected reply has been played, though it was made long before", async () => {
    const { asked, fn } = answering(3000);
    const conversation = new ConversationRun(fn, { options: { canInterrupt: false } });
    await conversation.speak(600);
    await conversation.silence(1000);
    await conversation.speak(1000);
    await conversation.silence(3000);
    expect([asked.length, milliseconds(conversation.heard)]).toEqual([1, 3000]);
    expect(conversation.happened).toEqual(["turn-start", "turn-end", "reply-start"]);
    await conversation.speak(600);
    await conversation.silence(1000);
    expect(asked.map(voicedMs)).toEqual([600, 600]);
  });

  test("drops a piece of sound that was on its way", async () => {
    const conversation = new ConversationRun(async function* () {
      yield sound(900, 1);
      await conversation.run.clock.sleep(900);
      yield sound(5000, 2);
    });
    await conversation.speak(600);
    await conversation.silence(2000);
    await conversation.speak(700);
    await conversation.silence(300);
    const heard = conversation.heard.length;
    await conversation.silence(200);
    expect(conversation.heard).toHaveLength(heard);
  });
});
