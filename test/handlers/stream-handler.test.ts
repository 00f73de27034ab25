import { describe, expect, test } from "vitest";
import { FastRtcError, WebRTCError } from "../../src/errors.ts";
import type { EmittedAudio } from "../../src/handlers/emitted.ts";
import { AsyncStreamHandler, StreamHandler, type StreamHandlerOptions } from "../../src/handlers/stream-handler.ts";
import { AudioFrame } from "../../src/media/audio-frame.ts";
import { AdditionalOutputs } from "../../src/session/additional-outputs.ts";
import { CloseStream } from "../../src/session/close-stream.ts";
import { getCurrentContext, warning } from "../../src/session/context.ts";
import { HandlerRun, type HandlerRunOptions } from "../support/handler-run.ts";
import { turn } from "../support/turn.ts";

type Calls = Partial<{
  [Method in "receive" | "emit" | "startUp" | "shutdown" | "triggerResponse"]: (
    handler: StreamHandler,
    frame: AudioFrame,
  ) => unknown;
}>;

/** A handler whose methods are those of a test. Every copy calls the same. */
class Scripted extends StreamHandler {
  readonly #calls: Calls;
  readonly #options: StreamHandlerOptions;

  constructor(calls: Calls, options: StreamHandlerOptions = {}) {
    super(options);
    this.#calls = calls;
    this.#options = options;
  }

  receive(frame: AudioFrame): void {
    return this.#calls.receive?.(this, frame) as void;
  }

  emit(): EmittedAudio {
    return this.#calls.emit?.(this, SILENCE) as EmittedAudio;
  }

  override startUp(): void {
    return this.#calls.startUp?.(this, SILENCE) as void;
  }

  override shutdown(): void {
    return this.#calls.shutdown?.(this, SILENCE) as void;
  }

  override triggerResponse(): void {
    return this.#calls.triggerResponse?.(this, SILENCE) as void;
  }

  copy(): Scripted {
    return new Scripted(this.#calls, this.#options);
  }
}

const SILENCE = new AudioFrame({ samples: new Int16Array(960), sampleRate: 48_000 });

function run(calls: Calls, { options, ...rest }: Partial<HandlerRunOptions> & { options?: StreamHandlerOptions } = {}) {
  return new HandlerRun(new Scripted(calls, options), { modality: "audio", ...rest });
}

const heard = ({ transport }: HandlerRun): number[] => transport.sentAudio.map(({ samples }) => Number(samples[480]));

/** Gives what a list holds, and then null. */
const fromList = (list: unknown[]) => (): unknown => list.shift() ?? null;

describe.each([
  ["returns", <T>(value: T): T => value],
  ["promises", <T>(value: T): Promise<T> => Promise.resolve(value)],
])("a StreamHandler that %s", (_name, give) => {
  test("echoes: what it receives it may emit at once", async () => {
    const waiting: AudioFrame[] = [];
    const peer = run({
      receive: (_handler, frame) => give(void waiting.push(frame)),
      emit: () => give(waiting.shift() ?? null),
    });
    for (const value of [1, 2, 3]) {
      await peer.sound(value);
      await peer.pass(20);
    }
    expect(heard(peer)).toEqual([1, 2, 3]);
    await peer.end();
  });

  test("emits sound in every form, values, and both", async () => {
    const list = [
      [48_000, new Int16Array(960).fill(1)],
      [48_000, new Float32Array(1920).fill(2 / 32_768), "stereo"],
      new AudioFrame({ samples: new Int16Array(960).fill(3), sampleRate: 48_000 }),
      new AdditionalOutputs("alone"),
      [[48_000, new Int16Array(960).fill(4)], new AdditionalOutputs("beside")],
      [null, new AdditionalOutputs("beside nothing")],
      null,
      undefined,
      [[48_000, new Int16Array(960).fill(5)], new CloseStream("Bye.")],
    ];
    const emit = fromList(list);
    const peer = run({ emit: () => give(emit()) });
    await peer.pass(200);
    expect(peer.outputs).toEqual([["alone"], ["beside"], ["beside nothing"]]);
    // The end comes when all of it has been played.
    expect(heard(peer)).toEqual([1, 2, 3, 4, 5]);
    expect([peer.told.at(-1), peer.ended]).toEqual(["end_stream: Bye.", ["handler-closed"]]);
  });

  test("goes on after errors of receive and emit, which are reported, without calling emit without end", async () => {
    let emitted = 0;
    const received: number[] = [];
    const peer = run({
      receive: async (_handler, { samples: [first] }) => {
        received.push(Number(first));
        await give(undefined);
        if (first === 1) throw new WebRTCError("Say that again.");
      },
      emit: () => {
        emitted += 1;
        throw new Error(`lost my voice`);
      },
    });
    await peer.sound(1);
    await peer.sound(2);
    await peer.pass(100);
    expect(received).toEqual([1, 2]);
    expect(peer.told).toEqual(["error: lost my voice", "error: Say that again."]);
    expect(emitted).toBeLessThan(10);
    await peer.end();
  });

  test("fails as a whole when startUp fails: told, ended, shut down", async () => {
    const log: string[] = [];
    const peer = run({
      startUp: async () => {
        await give(undefined);
        throw new Error("no key");
      },
      emit: () => null,
      shutdown: () => log.push("shutdown"),
    });
    await turn();
    expect([peer.told, peer.ended, log]).toEqual([
      ["error: no key", "end_stream: The stream could not be started."],
      ["handler-failed"],
      ["shutdown"],
    ]);
    expect(peer.clock.pendingTimers).toBe(0);
  });
});

describe("receive", () => {
  test.each([
    { kind: "mono at 16 kHz", options: { inputSampleRate: 16_000 }, length: 320 },
    { kind: "stereo at 48 kHz", options: { expectedLayout: "stereo" as const }, length: 1920 },
    { kind: "mono at 48 kHz", options: {}, length: 960 },
  ])("gets $kind, 16 bits, about as long as what came, and can take it apart", async ({ options, length }) => {
    const frames: AudioFrame[] = [];
    const peer = run({ receive: (_handler, frame) => frames.push(frame) }, { options });
    for (let index = 0; index < 10; index += 1) await peer.sound(1000, index < 5 ? 48_000 : 24_000);
    const [rate, samples] = frames.at(-1) ?? SILENCE;
    const { inputSampleRate = 48_000, expectedLayout = "mono" } = options as StreamHandlerOptions;
    expect(rate).toBe(inputSampleRate);
    expect(samples).toBeInstanceOf(Int16Array);
    expect(frames.at(-1)?.channels).toBe(expectedLayout === "stereo" ? 2 : 1);
    expect(Math.abs(samples.length - length)).toBeLessThanOrEqual(2);
    await peer.end();
  });

  test("is called for one piece at a time; a second's worth waits, of more the oldest are dropped", async () => {
    const gates: (() => void)[] = [];
    const values: number[] = [];
    const peer = run({
      receive: (_handler, { samples: [first] }) => {
        values.push(Number(first));
        return new Promise<void>((resolve) => gates.push(resolve));
      },
    });
    for (let index = 0; index < 53; index += 1) await peer.sound(index);
    expect(values).toEqual([0]);
    for (let index = 0; index < 51; index += 1) {
      gates.at(-1)?.();
      await turn();
    }
    expect(values).toEqual([0, ...Array.from({ length: 50 }, (_, index) => index + 3)]);
    await peer.end();
  });

  test("is not called in mode receive, nor is what it would be given kept", async () => {
    let received = 0;
    const peer = new HandlerRun(
      function* () {
        yield null;
      },
      { modality: "audio", mode: "receive" },
    );
    for (let index = 0; index < 100; index += 1) await peer.sound(1);
    expect(received).toBe(0);
    received += 1;
    await peer.end();
  });
});

describe("emit", () => {
  test("is asked again after null when something was received, inputs were set, or 20 ms have passed", async () => {
    const askedAtMs: number[] = [];
    const peer = run({ emit: () => void askedAtMs.push(peer.clock.nowMs()) });
    await peer.pass(5);
    await peer.sound(1);
    await peer.pass(7);
    peer.session.inputs.set([1]);
    await peer.pass(30);
    expect(askedAtMs).toEqual([0, 5, 12, 32]);
    await peer.end();
  });

  test("is asked at once after null when something was received while it worked", async () => {
    const askedAtMs: number[] = [];
    let finish = (): void => {};
    const peer = run({
      emit: async () => {
        askedAtMs.push(peer.clock.nowMs());
        if (askedAtMs.length === 1) await new Promise<void>((resolve) => (finish = resolve));
        return null;
      },
    });
    await peer.pass(100);
    await peer.sound(1);
    finish();
    await turn();
    expect(askedAtMs).toEqual([0, 100]);
    await peer.end();
  });

  test("may wait as long as it likes: it is not asked again, and the session ends all the same", async () => {
    let asked = 0;
    const log: string[] = [];
    const peer = run({
      emit: () => {
        asked += 1;
        return new Promise<never>(() => {});
      },
      shutdown: () => log.push("shutdown"),
    });
    await peer.pass(1000);
    await peer.end();
    expect([asked, log, peer.clock.pendingTimers]).toEqual([1, ["shutdown"], 0]);
  });

  test("is not asked while more than a second of its sound waits to be played", async () => {
    let asked = 0;
    const peer = run({
      emit: () => {
        asked += 1;
        return [48_000, new Int16Array(24_000)];
      },
    });
    await turn();
    expect(asked).toBe(3);
    await peer.pass(1000);
    expect(asked).toBe(5);
    await peer.end();
  });

  test("cannot flood the peer with values", async () => {
    const peer = run({ emit: () => new AdditionalOutputs(1) });
    await peer.pass(100);
    expect(peer.outputs.length).toBe(300);
    await peer.end();
  });

  test("in mode send: its sound is ignored, the rest is not", async () => {
    const list: unknown[] = [
      [48_000, new Int16Array(960)],
      [[48_000, new Int16Array(960)], new AdditionalOutputs("heard you")],
      new CloseStream("Enough."),
    ];
    const peer = run({ emit: fromList(list) }, { mode: "send" });
    await peer.pass(100);
    expect([peer.transport.sentAudio, peer.outputs, peer.told.at(-1)]).toEqual([
      [],
      [["heard you"]],
      "end_stream: Enough.",
    ]);
  });

  test("is told what to give when it gives something else", async () => {
    const peer = run({ emit: fromList([new Int16Array(960), [48_000, new Uint8Array(4)]]) });
    await peer.pass(100);
    expect(peer.told).toEqual([
      expect.stringMatching(/^error: The handler gave an object of class Int16Array\. Give \[sampleRate, samples\]/),
      expect.stringMatching(/^error: Samples are an Int16Array or a Float32Array, but not a Uint8Array/),
    ]);
    await peer.end();
  });
});

describe("a handler's life", () => {
  test("startUp may go on as long as the session, while the handler works, and is given up with it", async () => {
    const log: string[] = [];
    const peer = run({
      startUp: async ({ signal }) => {
        log.push("begun");
        await new Promise<never>((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      },
      receive: () => log.push("received"),
      shutdown: () => log.push("shutdown"),
    });
    await peer.sound(1);
    await peer.end();
    expect(log).toEqual(["begun", "received", "shutdown"]);
    expect(peer.logger.lines.filter(({ level }) => level === "error")).toEqual([]);
  });

  test("shutdown runs once, also when it fails and when the peer never connected", async () => {
    const log: string[] = [];
    const failing = run({
      shutdown: () => {
        log.push("shutdown");
        throw new Error("cannot stop");
      },
    });
    await failing.end();
    await failing.end();
    expect(log).toEqual(["shutdown"]);
    expect(failing.logger.lines.some(({ level }) => level === "error")).toBe(true);
  });

  test("each peer has its own handler, and its methods know whose peer they work for", async () => {
    const handlers = new Set<StreamHandler>();
    const ids: string[] = [];
    const calls: Calls = {
      startUp: (handler) => {
        handlers.add(handler);
        ids.push(getCurrentContext().webrtcId);
        warning("careful");
      },
      receive: () => ids.push(getCurrentContext().webrtcId),
      emit: fromList([null, null]),
    };
    const template = new Scripted(calls);
    const peers = [1, 2].map(() => new HandlerRun(template, { modality: "audio" }));
    await turn();
    expect(handlers.size).toBe(2);
    expect(handlers.has(template)).toBe(false);
    await peers[0]?.sound(1);
    expect(ids).toEqual(["peer", "peer", "peer"]);
    expect(peers[0]?.told).toEqual(["warning: careful"]);
    for (const peer of peers) await peer.end();
  });

  test("triggerResponse runs within the session", async () => {
    const peer = run({ triggerResponse: () => void warning(`for ${getCurrentContext().webrtcId}`) });
    expect(peer.session.triggerResponse()).toBe(true);
    await turn();
    expect(peer.told).toEqual(["warning: for peer"]);
    await peer.end();
  });
});

describe("additional inputs of a StreamHandler", () => {
  test("waitForArgs asks the peer, and gives what it sends, even where there are defaults", async () => {
    const log: unknown[] = [];
    const peer = run(
      {
        startUp: async (handler) => {
          log.push(handler.latestArgs, handler.argsSet);
          log.push(await handler.waitForArgs(), handler.argsSet, handler.latestArgs);
          log.push(await handler.waitForArgs());
        },
      },
      { inputs: ["default"] },
    );
    await peer.pass(100);
    expect([log, peer.told]).toEqual([[["default"], false], ["send_input"]]);
    peer.session.inputs.set(["sent"]);
    await turn();
    expect(log).toEqual([["default"], false, ["sent"], true, ["sent"], ["sent"]]);
    expect(peer.told).toEqual(["send_input"]);
    await peer.end();
  });

  test("reset has the next waitForArgs ask anew", async () => {
    const log: unknown[] = [];
    const peer = run({
      startUp: async (handler) => {
        await handler.waitForArgs();
        handler.reset();
        log.push(handler.argsSet);
        log.push(await handler.waitForArgs());
      },
    });
    await turn();
    peer.session.inputs.set([1]);
    await turn();
    peer.session.inputs.set([2]);
    await turn();
    expect([log, peer.told]).toEqual([
      [false, [2]],
      ["send_input", "send_input"],
    ]);
    await peer.end();
  });

  test("that were set before the handler asks need no asking; setArgs sets them from within", async () => {
    const log: unknown[] = [];
    const peer = run({
      receive: async (handler) => {
        handler.setArgs(["mine"]);
        log.push(await handler.waitForArgs());
      },
    });
    await peer.sound(1);
    expect([log, peer.told]).toEqual([[["mine"]], []]);
    await peer.end();
  });

  test("on the telephone are the defaults at once, or none", async () => {
    const log: unknown[] = [];
    const startUp = async (handler: StreamHandler): Promise<void> => {
      log.push([handler.phoneMode, await handler.waitForArgs()]);
    };
    const peers = [["default"], null].map((inputs) => run({ startUp }, { kind: "telephone", inputs }));
    await turn();
    expect(log).toEqual([
      [true, ["default"]],
      [true, []],
    ]);
    for (const peer of peers) await peer.end();
  });

  test("waitForArgs is given up with the session", async () => {
    const log: unknown[] = [];
    const peer = run({
      startUp: async (handler) => {
        await handler.waitForArgs().catch((reason: unknown) => log.push(reason));
      },
    });
    await turn();
    await peer.end();
    expect(log).toEqual(["peer-left"]);
  });
});

describe("what a handler tells its peer", () => {
  test("sendMessage and the channel send texts as they are, and objects as JSON", async () => {
    const peer = run({
      startUp: (handler) => {
        handler.sendMessage('{"type":"mine"}');
        handler.sendMessage({ type: "mine", data: [1] });
        handler.channel?.send("plain");
        handler.fetchArgs();
      },
    });
    await turn();
    expect(peer.told).toEqual(['{"type":"mine"}', '{"type":"mine","data":[1]}', "plain", "send_input"]);
    await peer.end();
  });

  test("clearQueue drops what has not been played", async () => {
    const list: unknown[] = [[48_000, new Int16Array(48_000).fill(1)]];
    const peer = run({ emit: fromList(list), receive: (handler) => handler.clearQueue() });
    await peer.pass(40);
    await peer.sound(1);
    await peer.pass(200);
    expect(heard(peer)).toEqual([1, 1, 1]);
    expect(peer.transport.clearCount).toBe(1);
    await peer.end();
  });

  test("before the session there is nobody to tell", async () => {
    const handler = new Scripted({});
    expect([handler.channel, handler.phoneMode, handler.latestArgs, handler.argsSet]).toEqual([null, false, [], false]);
    for (const use of [
      () => handler.signal,
      () => handler.sendMessage("x"),
      () => handler.clearQueue(),
      () => handler.fetchArgs(),
      () => handler.setArgs([]),
    ]) {
      expect(use).toThrow(expect.objectContaining({ code: "no_session" }));
    }
    await expect(handler.waitForArgs()).rejects.toThrow("before its session began");
    handler.reset();
  });
});

describe("the options of a StreamHandler", () => {
  test("have FastRTC's defaults", () => {
    const { expectedLayout, outputSampleRate, inputSampleRate, fps } = new Scripted({});
    expect({ expectedLayout, outputSampleRate, inputSampleRate, fps }).toEqual({
      expectedLayout: "mono",
      outputSampleRate: 24_000,
      inputSampleRate: 48_000,
      fps: 30,
    });
  });

  test.each([
    [{ expectedLayout: "quad" }, 'expectedLayout is "mono" or "stereo", not quad.'],
    [{ inputSampleRate: 0 }, "inputSampleRate is an integer from 1000 to 384000 samples a second, not 0."],
    [
      { outputSampleRate: 44_100.5 },
      "outputSampleRate is an integer from 1000 to 384000 samples a second, not 44100.5.",
    ],
    [{ fps: -1 }, "fps is a number of pictures a second above 0 and at most 1000, not -1."],
  ])("%j is refused", (options, message) => {
    expect(() => new Scripted({}, options as StreamHandlerOptions)).toThrow(
      new FastRtcError("invalid_option", message),
    );
  });

  test("resample gives what receive is given", () => {
    const handler = new Scripted({}, { inputSampleRate: 16_000, expectedLayout: "stereo" });
    const frames = [SILENCE, SILENCE].flatMap((frame) => handler.resample(frame));
    expect(frames.map(({ sampleRate, channels }) => [sampleRate, channels])).toEqual([
      [16_000, 2],
      [16_000, 2],
    ]);
    expect(handler.resample(new AudioFrame({ samples: new Int16Array(3), sampleRate: 48_000 }))).toHaveLength(1);
  });

  test("AsyncStreamHandler is the same class", () => {
    expect(AsyncStreamHandler).toBe(StreamHandler);
  });
});
