import { describe, expect, test } from "vitest";
import { AudioVideoStreamHandler } from "../../src/handlers/audio-video-stream-handler.ts";
import { createHandlerFactory } from "../../src/handlers/create-handler-factory.ts";
import { EXPECTED_HANDLERS } from "../../src/handlers/expected-handlers.ts";
import { StreamHandler } from "../../src/handlers/stream-handler.ts";
import { VideoStreamHandler } from "../../src/handlers/video-stream-handler.ts";
import type { VideoFrame } from "../../src/media/video-frame.ts";
import type { Modality, Mode } from "../../src/session/modality.ts";
import { HandlerRun } from "../support/handler-run.ts";
import { turn } from "../support/turn.ts";

class Sound extends StreamHandler {
  receive(): void {}
  emit(): null {
    return null;
  }
  copy(): StreamHandler {
    return new Sound({ inputSampleRate: 16_000, outputSampleRate: 8000 });
  }
}

class SoundAndPictures extends AudioVideoStreamHandler {
  receive(): void {}
  emit(): null {
    return null;
  }
  videoReceive(): void {}
  videoEmit(): null {
    return null;
  }
  copy(): SoundAndPictures {
    return new SoundAndPictures();
  }
}

const HANDLERS = {
  "a function of a frame": (frame: VideoFrame) => frame,
  "a generator of a frame": function* (frame: VideoFrame) {
    yield frame;
  },
  "a function of nothing": () => null,
  "a generator of nothing": function* () {
    yield null;
  },
  "an async generator of nothing": async function* () {
    yield null;
  },
  "a VideoStreamHandler": new VideoStreamHandler(() => null),
  "a StreamHandler": new Sound(),
  "an AudioVideoStreamHandler": new SoundAndPictures(),
} as const;

type Kind = keyof typeof HANDLERS;

const TAKES: Record<Modality, Record<Mode, readonly Kind[]>> = {
  video: {
    "send-receive": [
      "a function of a frame",
      "a generator of a frame",
      "a function of nothing",
      "a VideoStreamHandler",
    ],
    send: ["a function of a frame", "a generator of a frame", "a function of nothing", "a VideoStreamHandler"],
    receive: [
      "a function of nothing",
      "a generator of nothing",
      "an async generator of nothing",
      "a VideoStreamHandler",
    ],
  },
  audio: {
    "send-receive": ["a StreamHandler", "an AudioVideoStreamHandler"],
    send: ["a StreamHandler", "an AudioVideoStreamHandler"],
    // Whether a function is a generator shows when it is called.
    receive: ["a function of nothing", "a generator of nothing", "an async generator of nothing"],
  },
  "audio-video": {
    "send-receive": ["an AudioVideoStreamHandler"],
    send: ["an AudioVideoStreamHandler"],
    receive: ["an AudioVideoStreamHandler"],
  },
};

const CELLS = (["video", "audio", "audio-video"] as const).flatMap((modality) =>
  (["send-receive", "send", "receive"] as const).map((mode) => ({ modality, mode })),
);

describe.each(CELLS)("modality $modality in mode $mode", ({ modality, mode }) => {
  test.each(Object.keys(HANDLERS) as Kind[])("takes %s, or says what it takes", (kind) => {
    const create = (): unknown => createHandlerFactory({ handler: HANDLERS[kind], modality, mode });
    if (TAKES[modality][mode].includes(kind)) expect(create).not.toThrow();
    else
      expect(create).toThrow(
        expect.objectContaining({
          code: "invalid_option",
          message: expect.stringMatching(/^handler is .+\. Modality '/),
        }),
      );
  });

  test.each([null, 5, "flip", {}, []])("does not take %j", (handler) => {
    expect(() => createHandlerFactory({ handler, modality, mode })).toThrow(EXPECTED_HANDLERS[modality][mode]);
  });
});

describe("what is said of an unfitting handler", () => {
  const refusal = (handler: unknown, modality: Modality, mode: Mode = "send-receive"): string => {
    try {
      createHandlerFactory({ handler, modality, mode });
    } catch (thrown) {
      return (thrown as Error).message;
    }
    return "taken";
  };

  test("names what was given", () => {
    expect(refusal(new Sound(), "video")).toMatch(/^handler is an object of class Sound\. Modality 'video'/);
    expect(refusal(Sound, "audio")).toMatch(/^handler is the class Sound: pass new Sound\(\)\. Modality 'audio'/);
    expect(refusal(() => null, "audio")).toMatch(/^handler is a function\. Modality 'audio'/);
    expect(refusal(HANDLERS["a generator of nothing"], "video")).toMatch(/^handler is a generator without a frame\. /);
    expect(refusal((frame: unknown) => frame, "video", "receive")).toMatch(
      /^handler is a function of 1 parameter where there are 0 additional inputs\. /,
    );
  });

  test("takes as many parameters in mode receive as there are inputs", () => {
    const handler = (_text: string): null => null;
    expect(() => createHandlerFactory({ handler, modality: "video", mode: "receive", inputCount: 1 })).not.toThrow();
  });
});

describe("a StreamHandler from JavaScript", () => {
  const choice = { modality: "audio", mode: "send-receive" } as const;

  test("without copy is refused, and what it holds is named", () => {
    // @ts-expect-error -- an abstract method is missing, which only JavaScript lets happen
    class Counter extends StreamHandler {
      count = 0;
      receive(): void {}
      emit(): null {
        return null;
      }
    }
    const handler: unknown = new Counter();
    expect(() => createHandlerFactory({ handler, ...choice })).toThrow(
      "Counter has no method copy, so that all peers would share one handler, which would mix up what it holds of each " +
        "(count). Write copy() { return new Counter(...); }, with what the constructor needs.",
    );
  });

  test("without receive or emit is refused", () => {
    const handler: unknown = Object.assign(new Sound(), { emit: undefined, receive: 3 });
    expect(() => createHandlerFactory({ handler, ...choice })).toThrow(
      "Sound has no method receive and no method emit.",
    );
  });
});

describe("copy", () => {
  const shared = new Sound();

  test.each([
    ["itself", (): unknown => shared, "Sound.copy() returned the handler itself. Each peer needs a new one."],
    ["something else", () => ({}), "Sound.copy() returned an object of class Object. It has to return a new handler."],
    ["nothing", () => undefined, "Sound.copy() returned undefined. It has to return a new handler."],
    [
      "an error",
      () => {
        throw new Error("no memory");
      },
      "no memory",
    ],
  ])("that gives %s ends the peer's session with an error", async (_what, copy, message) => {
    shared.copy = copy as () => StreamHandler;
    const peer = new HandlerRun(shared, { modality: "audio" });
    await turn();
    expect([peer.told[0], peer.ended]).toEqual([`error: ${message}`, ["handler-failed"]]);
  });

  test("that gives two peers the same handler fails for the second", () => {
    const one = new Sound();
    const template = new Sound();
    template.copy = () => one;
    const factory = createHandlerFactory({ handler: template, modality: "audio", mode: "send-receive" });
    const [first, second] = [factory.create(), factory.create()];
    expect(first).toHaveProperty("audio");
    expect(() => second.startUp?.({} as never)).toThrow("a handler that another peer has already");
  });

  test("of a subclass may have other options: what transports are told is the first one's", () => {
    const { audioRates } = createHandlerFactory({
      handler: new Sound({ inputSampleRate: 8000, outputSampleRate: 16_000 }),
      modality: "audio",
      mode: "send-receive",
    });
    expect(audioRates).toEqual({ inputSampleRate: 8000, outputSampleRate: 16_000 });
    expect(
      createHandlerFactory({ handler: HANDLERS["a generator of nothing"], modality: "audio", mode: "receive" })
        .audioRates,
    ).toBeUndefined();
  });
});
