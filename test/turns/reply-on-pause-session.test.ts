import { describe, expect, test } from "vitest";
import type { AudioFrame } from "../../src/media/audio-frame.ts";
import { AdditionalOutputs } from "../../src/session/additional-outputs.ts";
import type { AppState } from "../../src/turns/app-state.ts";
import { getCurrentReply } from "../../src/turns/current-reply.ts";
import { ReplyOnPause } from "../../src/turns/reply-on-pause.ts";
import { turn } from "../support/turn.ts";
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

describe("the session of a ReplyOnPause", () => {
  test("ends a reply: its signal aborts with the session's reason", async () => {
    let signal: AbortSignal | undefined;
    const conversation = new ConversationRun(async function* () {
      signal = getCurrentReply().signal;
      yield sound(5000);
    });
    await conversation.speak(600);
    await conversation.silence(1000);
    await conversation.run.end();
    expect([signal?.aborted, signal?.reason]).toEqual([true, "peer-left"]);
  });

  test("asks the peer for additional inputs at each turn when the function has parameters for them", async () => {
    const given: unknown[][] = [];
    const conversation = new ConversationRun((_audio, ...inputs) => void given.push(inputs), {
      options: { needsArgs: true },
      inputs: null,
    });
    for (const value of [1, 2]) {
      await conversation.speak(600);
      await conversation.silence(1000);
      conversation.run.session.inputs.set([value]);
      await turn();
    }
    expect(given).toEqual([[1], [2]]);
    expect(conversation.run.told.filter((message) => message === "send_input")).toHaveLength(2);
  });

  test("waits 2 s at most for inputs that have defaults, and not at all where the function takes none", async () => {
    const given: unknown[][] = [];
    const patient = new ConversationRun((_audio, ...inputs) => void given.push(inputs), {
      options: { needsArgs: true },
      inputs: [7],
    });
    await patient.speak(600);
    await patient.silence(2500);
    expect(given).toEqual([]);
    await patient.silence(300);
    expect(given).toEqual([[7]]);
    const without = new ConversationRun(() => sound(40), { inputs: null });
    await without.speak(600);
    await without.silence(1000);
    expect(milliseconds(without.heard)).toBe(40);
  });

  test.each([
    ["with defaults", [7]],
    ["without defaults, when its turns are interrupted,", null],
  ] as const)("keeps no listener for inputs that never come, %s turn after turn", async (_name, inputs) => {
    const conversation = new ConversationRun(() => sound(40), { options: { needsArgs: true }, inputs });
    const { inputs: watched } = conversation.run.session;
    const onSet = watched.onSet.bind(watched);
    let listeners = 0;
    watched.onSet = (listener) => {
      const stop = onSet(listener);
      listeners += 1;
      return () => {
        listeners -= 1;
        return stop();
      };
    };
    const counts: number[] = [];
    for (let turns = 0; turns < 5; turns += 1) {
      await conversation.speak(600);
      await conversation.silence(3000);
      counts.push(listeners);
    }
    expect(conversation.run.told.filter((message) => message === "send_input")).toHaveLength(5);
    expect(counts).toEqual(counts.map(() => counts[0]));
  });

  test("on the telephone asks for nothing: what a reply gives as outputs are the next call's arguments", async () => {
    const given: unknown[][] = [];
    const conversation = new ConversationRun(
      function* (_audio, ...inputs) {
        given.push(inputs);
        yield [sound(40), new AdditionalOutputs(`turn ${given.length}`)];
      },
      { options: { needsArgs: true }, kind: "telephone", inputs: ["default"] },
    );
    for (let turns = 0; turns < 2; turns += 1) {
      await conversation.speak(600);
      await conversation.silence(1000);
    }
    expect(given).toEqual([["default"], ["turn 1"]]);
    expect(conversation.run.told).not.toContain("send_input");
  });

  test("answers at once what was said until then when a response is triggered, and nothing when nothing was said", async () => {
    const { asked, fn } = answering(40);
    const conversation = new ConversationRun(fn);
    expect(conversation.run.session.triggerResponse()).toBe(true);
    await conversation.silence(400);
    await conversation.speak(800);
    conversation.run.session.triggerResponse();
    await conversation.silence(400);
    expect(asked.map((audio) => Math.round(voicedMs(audio) / 100))).toEqual([0, 8]);
    expect(asked[0]?.length).toBe(0);
  });

  test("makes turns by the key of push to talk", async () => {
    const { asked, fn } = answering(40);
    const conversation = new ConversationRun(fn, { options: { turnOptions: { duplex: "push-to-talk" } } });
    await conversation.speak(1000);
    conversation.run.session.message('{"type":"talk","data":"start"}');
    await conversation.speak(1000);
    await conversation.silence(2000);
    conversation.run.session.message('{"type":"talk","data":"stop"}');
    conversation.run.session.message("handshake");
    await conversation.speak(1000);
    expect(asked.map((audio) => Math.round(audio.durationMs / 100))).toEqual([30]);
  });

  test("answers by silence alone, and says so, when the end-of-turn model fails", async () => {
    const { asked, fn } = answering(40);
    const fail = (): never => {
      throw new Error("The judge is ill.");
    };
    const endOfTurnModel = { warmup: fail, probability: async () => fail() };
    const conversation = new ConversationRun(fn, { options: { endOfTurnModel } });
    await conversation.speak(800);
    await conversation.silence(800);
    expect([asked.length, conversation.run.ended]).toEqual([1, []]);
    expect(conversation.run.told[0]).toBe("error: The judge is ill.");
  });

  test("ends a turn sooner that an end-of-turn model says is finished, whose audio is mono at 16 kHz", async () => {
    const { asked, fn } = answering(40);
    const judged: number[] = [];
    const probability = async (audio: Float32Array): Promise<number> => {
      judged.push(Math.round((audio.length / 16_000) * 10));
      return 0.9;
    };
    const conversation = new ConversationRun(fn, { options: { endOfTurnModel: { probability } } });
    await conversation.silence(1000);
    await conversation.speak(9000);
    await conversation.silence(320);
    expect(asked).toHaveLength(1);
    expect(judged).toEqual([80]);
  });

  test("ends with a sentence when the voice detector cannot be had", async () => {
    const model = {
      vad: () => [0, []] as const,
      warmup: () => {
        throw new Error("There is no such model.");
      },
    };
    const conversation = new ConversationRun(() => null, { options: { model } });
    await conversation.silence(100);
    expect(conversation.run.ended).toEqual(["handler-failed"]);
    expect(conversation.run.told[0]).toBe("error: There is no such model.");
  });
});

describe("a rule of one's own", () => {
  class Walkie extends ReplyOnPause<never[]> {
    override async determinePause(audio: Int16Array, samplingRate: number, state: AppState): Promise<boolean> {
      const pause = await super.determinePause(audio, samplingRate, state);
      return pause && (state.stream?.length ?? 0) >= 2 * samplingRate;
    }
  }
  /** How much of a block is loud, as FastRTC's contract wants it. */
  const model = {
    vad: ([sampleRate, samples]: readonly [number, Int16Array | Float32Array]) =>
      [samples.filter((sample) => Math.abs(sample) > 4000).length / sampleRate, []] as const,
    warmup: () => undefined,
  };

  test("decides alone when a turn ends; super is FastRTC's own, block by block", async () => {
    const { asked, fn } = answering(100);
    const conversation = new ConversationRun(fn, {
      options: { model },
      make: (reply, options) => new Walkie(reply, options),
    });
    await conversation.speak(600);
    await conversation.silence(600);
    expect(asked).toEqual([]);
    await conversation.speak(600);
    await conversation.silence(600);
    // Blocks from the first with speech to the silent one: 0.6 s each.
    expect(asked.map(({ durationMs }) => durationMs)).toEqual([2400]);
    expect(conversation.run.told).toEqual(["log: started_talking", "log: pause_detected", "log: response_starting"]);
  });

  test("answers after maxContinuousSpeechS, and is not asked while a protected reply sounds", async () => {
    class Own extends ReplyOnPause<never[]> {
      override determinePause(audio: Int16Array, samplingRate: number, state: AppState): boolean | Promise<boolean> {
        return super.determinePause(audio, samplingRate, state);
      }
    }
    const { asked, fn } = answering(1200);
    const conversation = new ConversationRun(fn, {
      options: { model, canInterrupt: false, algoOptions: { maxContinuousSpeechS: 1.2 } },
      make: (reply, options) => new Own(reply, options),
    });
    await conversation.speak(1300);
    expect(asked.map(({ durationMs }) => durationMs)).toEqual([1200]);
    await conversation.speak(900);
    expect(asked).toHaveLength(1);
  });
});

test("a model with only FastRTC's vad serves: it is shown half a second again and again", async () => {
  const { asked, fn } = answering(100);
  const shown = new Set<number>();
  /** Speech from the first loud sample to the last. */
  const vad = ([sampleRate, samples]: readonly [number, Int16Array | Float32Array]) => {
    shown.add(samples.length / sampleRate);
    const start = samples.findIndex((sample) => Math.abs(sample) > 0.1);
    const end = samples.findLastIndex((sample) => Math.abs(sample) > 0.1) + 1;
    return [(end - start) / sampleRate, start < 0 ? [] : [{ start, end }]] as const;
  };
  const conversation = new ConversationRun(fn, { options: { model: { vad, warmup: () => undefined } } });
  await conversation.silence(500);
  await conversation.speak(1000);
  await conversation.silence(1200);
  expect([...shown]).toEqual([0.512]);
  expect(asked.map(voicedMs)).toEqual([1000]);
});
