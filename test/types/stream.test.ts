import { type } from "arktype";
import * as v from "valibot";
import { describe, expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import {
  AdditionalOutputs,
  type AudioFrame,
  AudioVideoStreamHandler,
  number,
  slider,
  Stream,
  StreamHandler,
  type StreamOptions,
  textbox,
  type VideoFrame,
  VideoStreamHandler,
} from "../../src/index.ts";
import { peersOf } from "../../src/session/peers.ts";
import { ownPicture } from "../support/handler-run.ts";

/** A handler of sound that takes these inputs. */
class Sound<Inputs extends readonly unknown[] = readonly unknown[]> extends StreamHandler<Inputs> {
  receive(_frame: AudioFrame): void {}
  emit(): null {
    return null;
  }
  copy(): Sound<Inputs> {
    return new Sound();
  }
}

class SoundAndPictures extends AudioVideoStreamHandler {
  receive(): void {}
  async emit(): Promise<[number, Int16Array]> {
    return [24_000, new Int16Array(480)];
  }
  videoReceive(): void {}
  videoEmit(): null {
    return null;
  }
  copy(): SoundAndPictures {
    return new SoundAndPictures();
  }
}

describe("the types of a Stream", () => {
  test("give the frame and the additional inputs to a function", () => {
    const stream = new Stream({
      handler: (frame, threshold, isOn, mood) => {
        expectTypeOf(frame).toEqualTypeOf<VideoFrame>();
        expectTypeOf(threshold).toEqualTypeOf<number>();
        expectTypeOf(isOn).toEqualTypeOf<boolean>();
        expectTypeOf(mood).toEqualTypeOf<"calm" | "wild">();
        return [frame, new AdditionalOutputs(threshold)];
      },
      modality: "video",
      additionalInputs: [slider({ maximum: 1 }), z.boolean().default(true), z.enum(["calm", "wild"]).default("calm")],
    });
    expectTypeOf<(typeof stream)["setInput"]>().parameters.toEqualTypeOf<
      [webrtcId: string, number, boolean | undefined, "calm" | "wild" | undefined]
    >();
  });

  test("give what a schema makes of a value to the handler, and what it takes to setInput", () => {
    const stream = new Stream({
      additionalInputs: [z.string().transform(Number)],
      modality: "video",
      handler: (frame, count) => {
        expectTypeOf(count).toEqualTypeOf<number>();
        return frame;
      },
    });
    expectTypeOf<(typeof stream)["setInput"]>().parameters.toEqualTypeOf<[webrtcId: string, string]>();
  });

  test("come from schemas of zod, valibot and ArkType alike, which check what is set", async () => {
    const stream = new Stream({
      modality: "video",
      additionalInputs: [
        v.pipe(v.number(), v.minValue(0)),
        v.optional(v.picklist(["calm", "wild"]), "calm"),
        type({ name: "string", "age?": "number" }),
        z.coerce.number(),
      ],
      handler: (frame, level, mood, person, count) => {
        expectTypeOf(level).toEqualTypeOf<number>();
        expectTypeOf(mood).toEqualTypeOf<"calm" | "wild">();
        expectTypeOf(person).toEqualTypeOf<{ name: string; age?: number }>();
        expectTypeOf(count).toEqualTypeOf<number>();
        return frame;
      },
    });
    expectTypeOf<Parameters<(typeof stream)["setInput"]>[2]>().toEqualTypeOf<"calm" | "wild" | undefined>();
    const { registry } = peersOf(stream);
    const admission = registry.admit("peer", () => peersOf(stream).createSession("peer", "loopback"));
    expect(() => stream.setInput("peer", -1, "calm", { name: "Ann" }, 5)).toThrow("Additional input 1");
    expect(() => stream.setInput("peer", 1, "calm", { name: 5 } as never, 5)).toThrow("Additional input 3 at name");
    stream.setInput("peer", 1, undefined, { name: "Ann" }, "7");
    expect(admission.type === "admitted" && admission.session.inputs.latest).toEqual([1, "calm", { name: "Ann" }, 7]);
    await stream.close();
  });

  test("of outputs come from schemas, too", () => {
    void new Stream({
      modality: "video",
      handler: (frame) => frame,
      additionalOutputs: [v.string(), type("number[]")],
      additionalOutputsHandler: (text, list, more: number) => {
        expectTypeOf(text).toEqualTypeOf<string>();
        expectTypeOf(list).toEqualTypeOf<number[]>();
        return [text, [...list, more]];
      },
    });
  });

  test("give the additional inputs alone to a generator", () => {
    void new Stream({
      modality: "video",
      mode: "receive",
      additionalInputs: [textbox()],
      handler: function* (text) {
        expectTypeOf(text).toEqualTypeOf<string>();
        yield ownPicture();
      },
    });
    void new Stream({
      modality: "audio",
      mode: "receive",
      additionalInputs: [slider()],
      handler: async function* (pitch) {
        expectTypeOf(pitch).toEqualTypeOf<number>();
        yield [24_000, new Int16Array(480)];
        yield [[24_000, new Float32Array(480), "stereo"], new AdditionalOutputs(1)];
      },
    });
  });

  test("take every shape of function for pictures", () => {
    void new Stream({ modality: "video", handler: async (frame) => (frame.width > 640 ? null : frame) });
    void new Stream({
      modality: "video",
      mode: "send",
      handler: (frame) => {
        frame.to("rgba");
      },
    });
    void new Stream({
      modality: "video",
      handler: async function* (frame) {
        yield frame;
        yield new AdditionalOutputs(frame.width);
      },
    });
    void new Stream({
      modality: "video",
      handler: new VideoStreamHandler((frame) => frame.flip("vertical"), { skipFrames: false }),
    });
    void new Stream({
      modality: "video",
      handler: new VideoStreamHandler((frame: VideoFrame, text: string) => frame.caption(text)),
      additionalInputs: [textbox()],
    });
    void new Stream({
      modality: "video",
      mode: "receive",
      handler: new VideoStreamHandler(
        function* () {
          yield ownPicture();
        },
        { fps: 10 },
      ),
    });
  });

  test("take handlers of sound and of both", () => {
    void new Stream({ modality: "audio", handler: new Sound() });
    void new Stream({ modality: "audio", mode: "send", handler: new SoundAndPictures() });
    void new Stream({ modality: "audio", handler: new Sound<[number]>(), additionalInputs: [slider()] });
    for (const mode of ["send-receive", "send", "receive"] as const) {
      void new Stream({ modality: "audio-video", mode, handler: new SoundAndPictures() });
    }
    const handler = new Sound<[threshold: number]>();
    expectTypeOf(handler.latestArgs).toEqualTypeOf<Readonly<[threshold?: number]>>();
    expectTypeOf<(typeof handler)["waitForArgs"]>().returns.resolves.toEqualTypeOf<[threshold: number]>();
  });

  test("know what the page shows", () => {
    void new Stream({
      modality: "video",
      handler: (frame) => frame,
      additionalOutputs: [number()],
      additionalOutputsHandler: (shown, count) => {
        expectTypeOf(shown).toEqualTypeOf<number | null>();
        return count;
      },
    });
    void new Stream({
      modality: "video",
      handler: (frame) => frame,
      additionalOutputs: [number(), textbox()],
      additionalOutputsHandler: async (shown, text, count: number) => {
        expectTypeOf(text).toEqualTypeOf<string>();
        return [(shown ?? 0) + count, text];
      },
    });
  });

  test("let options and streams of any kind be named", () => {
    const options: StreamOptions = { modality: "video", handler: (frame) => frame, timeLimit: 5 };
    void new Stream(options);
    const typed: StreamOptions<[ReturnType<typeof slider>]> = {
      modality: "audio",
      mode: "receive",
      additionalInputs: [slider()],
      handler: function* (pitch: number) {
        yield [pitch, new Int16Array(1)];
      },
    };
    const stream = new Stream({ modality: "video", handler: (frame) => frame, additionalInputs: [slider()] });
    expectTypeOf(typed).toExtend<object>();
    const streams = new Map<string, Stream>([["/any", stream]]);
    expectTypeOf<Stream["setInput"]>().toEqualTypeOf<(webrtcId: string, ...values: unknown[]) => void>();
    expectTypeOf(streams).toExtend<ReadonlyMap<string, object>>();
    expectTypeOf(stream).toExtend<Stream>();
  });
});
