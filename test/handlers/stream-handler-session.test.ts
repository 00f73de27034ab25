import { describe, expect, test } from "vitest";
import { FastRtcError } from "../../src/errors.ts";
import { AsyncStreamHandler, StreamHandler, type StreamHandlerOptions } from "../../src/handlers/stream-handler.ts";
import { AudioFrame } from "../../src/media/audio-frame.ts";
import { getCurrentContext, warning } from "../../src/session/context.ts";
import { HandlerRun } from "../support/handler-run.ts";
import { type Calls, fromList, heard, run, Scripted, SILENCE } from "../support/scripted-handler.ts";
import { turn } from "../support/turn.ts";

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

  test("onDtmf gets the keys of the telephone within the session, while it lasts", async () => {
    const keys: string[] = [];
    class Keys extends StreamHandler {
      receive(): void {}
      emit(): null {
        return null;
      }
      override async onDtmf(digit: string): Promise<void> {
        keys.push(`${getCurrentContext().webrtcId} ${digit} ${this.phoneMode}`);
        if (digit === "0") throw new Error("nobody is there");
      }
      copy(): Keys {
        return new Keys();
      }
    }
    const peer = new HandlerRun(new Keys(), { modality: "audio", kind: "telephone" });
    await turn();
    peer.session.key("7");
    peer.session.key("0");
    await turn();
    expect(keys).toEqual(["peer 7 true", "peer 0 true"]);
    expect(peer.told).toEqual(["error: nobody is there"]);
    await peer.end();
    peer.session.key("9");
    await turn();
    expect(keys).toHaveLength(2);
  });

  test("triggerResponse runs within the session", async () => {
    const peer = run({ triggerResponse: () => warning(`for ${getCurrentContext().webrtcId}`) });
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

  test("unheardMs says how much of the sound given has not been heard; once it was dropped, what is on its way", async () => {
    const unheard: number[] = [];
    const list: unknown[] = [[48_000, new Int16Array(24_000).fill(1)]];
    const look = (handler: StreamHandler): void => void unheard.push(Math.round(handler.unheardMs));
    const peer = run({
      emit: fromList(list),
      receive: (handler) => {
        look(handler);
        if (unheard.length > 1) handler.clearQueue();
        look(handler);
      },
    });
    await peer.pass(100);
    await peer.sound(1);
    await peer.pass(200);
    await peer.sound(1);
    await peer.end();
    expect(unheard).toEqual([400, 400, 200, 20]);
  });

  test("before the session there is nobody to tell", async () => {
    const handler = new Scripted({});
    expect([handler.channel, handler.phoneMode, handler.latestArgs, handler.argsSet]).toEqual([null, false, [], false]);
    for (const use of [
      () => handler.signal,
      () => handler.sendMessage("x"),
      () => handler.clearQueue(),
      () => handler.unheardMs,
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
