import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FastRtcError } from "../../src/errors.ts";
import type { AudioFrame } from "../../src/media/audio-frame.ts";
import { getTtsModel } from "../../src/speech/tts/get-tts-model.ts";
import { TextToSpeechModel, type Voice } from "../../src/speech/tts/text-to-speech-model.ts";
import { getSileroModel } from "../../src/speech/silero/get-silero-model.ts";
import { AudioFrame as Frame } from "../../src/media/audio-frame.ts";
import { SAMPLES_PER_SYMBOL, writeTinyKokoro } from "./models/tiny-kokoro.ts";

const folder = mkdtempSync(join(tmpdir(), "fastrtc-tts-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A voice that notes what it is to say, and makes a sample of each letter. */
class NotingVoice implements Voice<{ signal?: AbortSignal }> {
  readonly pauseMs = 0;
  readonly asked: string[] = [];
  closed = 0;

  check(): void {}
  async warmup(): Promise<void> {
    await Promise.resolve();
  }

  async *speak(sentence: string): AsyncGenerator<AudioFrame, void, undefined> {
    this.asked.push(sentence);
    if (sentence === "Fail.") throw new FastRtcError("speech_failed", "The voice is hoarse.");
    try {
      await Promise.resolve();
      yield new Frame({ samples: new Int16Array(sentence.length), sampleRate: 8000 });
    } finally {
      this.closed += 1;
    }
  }
}

describe("speech sentence by sentence", () => {
  it("says the first sentence before the second has been written, and works on the next while one plays", async () => {
    const voice = new NotingVoice();
    const text = new Writing();
    const speech = new TextToSpeechModel(voice).streamTts(text);
    const first = speech.next();
    text.write("One is ");
    text.write("said. Two");
    expect((await first).value?.length).toBe("One is said.".length);
    expect(voice.asked).toEqual(["One is said."]);
    text.write(" follows. Three");
    await expect.poll(() => voice.asked).toEqual(["One is said.", "Two follows."]);
    text.end();
    expect((await speech.next()).value?.length).toBe("Two follows.".length);
    expect((await speech.next()).value?.length).toBe("Three".length);
    expect(await speech.next()).toEqual({ done: true, value: undefined });
  });

  it("ends its work and the writing of the text when the loop is left, also when the text is stuck", async () => {
    const voice = new NotingVoice();
    const text = new Writing();
    text.write("One. Two");
    for await (const frame of new TextToSpeechModel(voice).streamTts(text)) if (frame.length > 0) break;
    expect({ asked: voice.asked, closed: voice.closed, returned: text.returned }).toEqual({
      asked: ["One."],
      closed: 1,
      returned: true,
    });
  });

  it("ends with the signal's reason while it waits for text", async () => {
    const stop = new AbortController();
    const speech = new TextToSpeechModel(new NotingVoice()).streamTts(new Writing(), { signal: stop.signal });
    const first = speech.next();
    const reason = new Error("interrupted");
    stop.abort(reason);
    await expect(first).rejects.toBe(reason);
  });

  it("says nothing more after an interruption, not even what is ready", async () => {
    const stop = new AbortController();
    const voice = new NotingVoice();
    const speech = new TextToSpeechModel(voice).streamTts("One. Two. Three.", { signal: stop.signal });
    await speech.next();
    stop.abort(new Error("interrupted"));
    await expect(speech.next()).rejects.toThrow("interrupted");
    expect(voice.asked.length).toBeLessThan(3);
  });

  it("plays what is ready before it tells of the failure behind it", async () => {
    const speech = new TextToSpeechModel(new NotingVoice()).streamTts("Fine. Fail. Never.");
    expect((await speech.next()).value?.length).toBe("Fine.".length);
    await expect(speech.next()).rejects.toThrow("The voice is hoarse.");
    expect(await speech.next()).toEqual({ done: true, value: undefined });
  });

  it("gives the whole text as one sound, and no sound for no words", async () => {
    const model = new TextToSpeechModel(new NotingVoice());
    expect((await model.tts("One. Two.")).length).toBe("One.Two.".length);
    expect((await model.tts(" ... \n")).length).toBe(0);
  });

  it("takes a list of pieces, and FastRTC's other name", async () => {
    const voice = new NotingVoice();
    const frames: AudioFrame[] = [];
    for await (const frame of new TextToSpeechModel(voice).streamTtsSync(["Hel", "lo. W", "orld."])) frames.push(frame);
    expect(voice.asked).toEqual(["Hello.", "World."]);
  });
});

describe("Kokoro", () => {
  const modelPath = join(folder, "kokoro");
  beforeAll(() => writeTinyKokoro(modelPath));

  it("is loaded from a folder and says text by its pronunciation, with a seventh of a second between sentences", async () => {
    const model = getTtsModel("kokoro", { modelPath });
    const frames: AudioFrame[] = [];
    for await (const frame of model.streamTts("Hello. Hello.")) frames.push(frame);
    const [first, pause, second, ...others] = frames;
    expect(others).toEqual([]);
    // h-ə-l-ˈoʊ and the stop, between two paddings.
    expect(first).toMatchObject({ sampleRate: 24_000, channels: 1 });
    expect((first as AudioFrame).length % SAMPLES_PER_SYMBOL).toBe(0);
    expect((first as AudioFrame).length).toBeGreaterThan(5 * SAMPLES_PER_SYMBOL);
    expect(Math.max(...(first as AudioFrame).samples)).toBeGreaterThan(0.1);
    expect((pause as AudioFrame).toFloat32()).toEqual(new Float32Array(3432));
    expect(second).toEqual(first);
  });

  it("speaks twice as fast, and with a British voice", async () => {
    const model = getTtsModel("kokoro", { modelPath });
    const [slow, fast, british] = await Promise.all([
      model.tts("Good morning."),
      model.tts("Good morning.", { speed: 2 }),
      model.tts("Good morning.", { voice: "bm_george", lang: "en-gb" }),
    ]);
    expect(fast.length).toBe(Math.floor(slow.length / 2));
    expect(british.length).not.toBe(slow.length);
  });

  it("says which voices there are, and refuses another language than the voice's", async () => {
    const model = getTtsModel("kokoro", { modelPath });
    await expect(model.tts("Hi.", { voice: "af_nobody" })).rejects.toMatchObject({
      code: "invalid_option",
      message: expect.stringMatching(/^Kokoro has no voice af_nobody; it has af_heart, /),
    });
    await expect(model.tts("Hi.", { lang: "en-gb" })).rejects.toMatchObject({ code: "invalid_option" });
    await expect(model.tts("Hi.", { speed: 9 })).rejects.toMatchObject({ code: "invalid_option" });
  });

  it("is one model for all who ask for the same", () => {
    expect(getTtsModel("kokoro", { modelPath })).toBe(getTtsModel("kokoro", { onProgress: () => {}, modelPath }));
  });

  it("says what is wrong with its folder", async () => {
    await expect(getTtsModel("kokoro", { modelPath: join(folder, "nothing") }).warmup()).rejects.toMatchObject({
      code: "invalid_model",
      message: expect.stringContaining("cannot be loaded"),
    });
  });
});

describe("espeak-ng", () => {
  const program = join(folder, "espeak-ng");
  beforeAll(() => {
    writeFileSync(program, FAKE_ESPEAK.replace("NODE", process.execPath));
    chmodSync(program, 0o755);
  });

  it("is run once per sentence, with the text on its standard input, and its sound read from its output", async () => {
    const frames: AudioFrame[] = [];
    const options = { voice: "de+f3", wordsPerMinute: 200, pitch: 70 };
    for await (const frame of getTtsModel("espeak-ng", { program }).streamTts("Zwölf Boxkämpfer. --version", options)) {
      frames.push(frame);
    }
    // The stand-in makes a sample of each byte of its parameters and of the text.
    const said = (text: string): number[] => [...Buffer.from(`-b 1 -v de+f3 -s 200 -p 70 --stdin --stdout|${text}`)];
    expect(frames.map(({ sampleRate, samples }) => [sampleRate, ...samples])).toEqual([
      [22_050, ...said("Zwölf Boxkämpfer.")],
      [22_050, ...said("--version")],
    ]);
  });

  it("is killed when the speech is interrupted", async () => {
    const stop = new AbortController();
    const speech = getTtsModel("espeak-ng", { program }).streamTts("Hang.", { signal: stop.signal });
    const first = speech.next();
    await expect.poll(() => existsSync(`${program}.pid`)).toBe(true);
    const processId = Number(readFileSync(`${program}.pid`));
    const reason = new Error("interrupted");
    stop.abort(reason);
    await expect(first).rejects.toBe(reason);
    await expect.poll(() => isRunning(processId)).toBe(false);
  });

  it("tells why it failed", async () => {
    await expect(getTtsModel("espeak-ng", { program }).tts("Fail.")).rejects.toMatchObject({
      code: "speech_failed",
      message: "espeak-ng ended with 3: no such voice.",
    });
  });

  it("tells how to install it when it is missing", async () => {
    const model = getTtsModel("espeak-ng", { program: join(folder, "not-there") });
    await expect(model.warmup()).rejects.toMatchObject({
      code: "missing_package",
      message: expect.stringContaining("apt-get install espeak-ng"),
    });
  });

  it("takes no voice that is an option or leaves its folder", async () => {
    const model = getTtsModel("espeak-ng", { program });
    for (const voice of ["-w/tmp/x", "../../etc/passwd", "a b"]) {
      await expect(model.tts("Hi.", { voice })).rejects.toMatchObject({ code: "invalid_option" });
    }
  });

  it.skipIf(spawnSync("espeak-ng", ["--version"]).error)(
    "speaks when it is installed, so that Silero hears speech",
    async () => {
      const sound = await getTtsModel("espeak-ng").tts("The quick brown fox jumps over the lazy dog.");
      const [seconds] = getSileroModel().vad(sound, { speechPadMs: 0, minSilenceDurationMs: 200 });
      expect(seconds).toBeGreaterThan(1.5);
      expect(seconds).toBeLessThan(sound.durationMs / 1000);
    },
  );
});

describe("getTtsModel", () => {
  it("refuses names that it does not know", () => {
    expect(() => getTtsModel("festival" as "kokoro")).toThrow(
      new FastRtcError("invalid_option", "There is no voice festival; there are kokoro, cartesia and espeak-ng."),
    );
  });
});

/** Text that a test writes while it is read. */
class Writing implements AsyncIterable<string> {
  returned = false;
  readonly #pieces: string[] = [];
  #ended = false;
  #wake: () => void = () => {};

  write(piece: string): void {
    this.#pieces.push(piece);
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  [Symbol.asyncIterator](): AsyncIterator<string> {
    return {
      next: async () => {
        while (this.#pieces.length === 0 && !this.#ended) {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
        const value = this.#pieces.shift();
        return value === undefined ? { done: true, value } : { done: false, value };
      },
      return: () => {
        this.returned = true;
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }
}

function isRunning(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch {
    return false;
  }
}

/** A program with espeak-ng's options, whose header tells no length, as espeak-ng's does not when it writes to a pipe. */
const FAKE_ESPEAK = `#!NODE
const text = require("node:fs").readFileSync(0);
if (text.includes("Hang")) {
  require("node:fs").writeFileSync(__filename + ".new", String(process.pid));
  require("node:fs").renameSync(__filename + ".new", __filename + ".pid");
  setInterval(() => {}, 1000);
} else if (text.includes("Fail")) {
  console.error("no such\\n voice.");
  process.exitCode = 3;
} else {
  const header = Buffer.from("524946460000ff7f57415645666d7420100000000100010022560000" + "44ac0000020010006461746100f0ff7f", "hex");
  const said = Buffer.concat([Buffer.from(process.argv.slice(2).join(" ") + "|"), text]);
  process.stdout.write(Buffer.concat([header, Buffer.from(Int16Array.from(said).buffer)]));
}
`;

it.each([
  [42, "42"],
  [null, "object"],
  [undefined, "undefined"],
])("refuses to speak %s with a sentence", async (text, named) => {
  const voice: Voice<object> = {
    pauseMs: 0,
    check: () => undefined,
    warmup: () => Promise.resolve(),
    async *speak() {
      yield* [];
    },
  };
  const model = new TextToSpeechModel(voice);
  await expect(model.tts(text as never)).rejects.toThrow(
    new FastRtcError(
      "invalid_argument",
      `What is to be spoken is a string, or strings that come one by one, as from a generator, not ${named}.`,
    ),
  );
});
