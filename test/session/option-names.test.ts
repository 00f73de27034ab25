import { expect, test } from "vitest";
import { checkOptionNames } from "../../src/session/option-names.ts";
import {
  getSileroModel,
  ReplyOnPause,
  ReplyOnStopWords,
  Stream,
  StreamHandler,
  VideoStreamHandler,
} from "../../src/index.ts";

const NAMES = { skipFrames: true, fps: true, canInterrupt: true } as const;

const messageOf = (options: unknown, subclassed = false): string | undefined => {
  try {
    checkOptionNames(options, { of: "It", names: NAMES, subclassed });
    return undefined;
  } catch (thrown) {
    return String(thrown);
  }
};

test.each([
  ["skip_frames", "skipFrames"],
  ["skipframes", "skipFrames"],
  ["skipFrame", "skipFrames"],
  ["canInterupt", "canInterrupt"],
  ["FPS", "fps"],
])("a misspelt option, %s, is refused with the one that was meant, in subclasses too", (name, meant) => {
  const message = `FastRtcError: It has no option "${name}". Did you mean ${meant}?`;
  expect([messageOf({ [name]: 1 }), messageOf({ [name]: 1 }, true)]).toEqual([message, message]);
});

test("an option of another kind is refused, but left to a subclass", () => {
  expect([messageOf({ voice: 1 }), messageOf({ voice: 1 }, true), messageOf({ fps: 1 }), messageOf({})]).toEqual([
    'FastRtcError: It has no option "voice". It takes skipFrames, fps, canInterrupt.',
    undefined,
    undefined,
    undefined,
  ]);
});

test.each(["mono", 24_000, null])("options are an object, not %s as in Python's order of arguments", (options) => {
  expect(messageOf(options, true)).toBe(
    `FastRtcError: It takes its options as an object, such as { skipFrames: ... }, not ${options}.`,
  );
});

test("handlers and the built-in server refuse options that they would not read", async () => {
  class Phone extends StreamHandler {
    constructor(options: unknown) {
      super(options as object);
    }
    receive(): void {}
    emit(): null {
      return null;
    }
    copy(): Phone {
      return this;
    }
  }
  const handler = (): null => null;
  const stream = new Stream({ handler, modality: "video" });
  const wrong = { skip_frames: true, input_sample_rate: 8000, server_port: 80 };
  expect(() => new VideoStreamHandler(handler, { skip_frames: false } as object)).toThrow("Did you mean skipFrames?");
  expect(() => new Phone({ input_sample_rate: 8000 })).toThrow("Did you mean inputSampleRate?");
  expect(() => new Phone("mono")).toThrow("takes its options as an object");
  await expect(stream.ui.launch(wrong as object)).rejects.toThrow("It takes port, host");
  await expect(stream.ui.launch(7999 as unknown as object)).rejects.toThrow("takes its options as an object");
  await expect(stream.ui.launch({ port: "80a" as unknown as number })).rejects.toThrow('"80a" is not a port.');
});

test("a ReplyOnPause refuses options that it would not read, and leaves its subclasses theirs", () => {
  class Patient extends ReplyOnPause {}
  const reply = (): null => null;
  const own = { patience: 2 };
  expect(() => new ReplyOnPause(reply, { can_interrupt: false } as object)).toThrow("Did you mean canInterrupt?");
  expect(() => new ReplyOnPause(reply, own as object)).toThrow('no option "patience". It takes expectedLayout');
  expect(() => new Patient(reply, { canInterupt: false } as object)).toThrow("Did you mean canInterrupt?");
  expect(new Patient(reply, own as object).options).toEqual(own);
  expect(new ReplyOnStopWords(reply, { stopWords: ["computer"] }).options.stopWords).toEqual(["computer"]);
  expect(() => new ReplyOnPause(reply, { modelOptions: { treshold: 0.7 } })).toThrow("treshold");
  expect(() => new ReplyOnPause(reply, { modelOptions: { threshold: 7 } })).toThrow("threshold");
  expect(() => getSileroModel().vad([16_000, new Int16Array(512)], { treshold: 1 } as object)).toThrow("treshold");
});
