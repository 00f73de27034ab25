import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { AudioFrame } from "../../src/media/audio-frame.ts";
import { CartesiaVoice } from "../../src/speech/tts/cartesia-voice.ts";
import { getTtsModel } from "../../src/speech/tts/get-tts-model.ts";
import { ManualClock } from "../support/manual-clock.ts";

interface Asked {
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

const KEY = "sk_car_secret";
/** What Cartesia's API was asked, and how the stand-in answers the next time. */
const asked: Asked[] = [];
let answer: (response: ServerResponse) => void = () => {};
let service: Server;
let baseUrl = "";

beforeAll(async () => {
  // Speaks as docs.cartesia.ai describes POST /tts/bytes: raw samples as they are made, or a refusal as text.
  service = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
      asked.push({ path: request.url, headers: request.headers, body });
      if (request.headers["x-api-key"] === KEY) answer(response);
      else response.writeHead(401).end("Invalid API key");
    });
  });
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
  baseUrl = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
});
afterAll(async () => {
  service.closeAllConnections();
  await new Promise((resolve) => service.close(resolve));
});
afterEach(() => {
  asked.length = 0;
  vi.unstubAllEnvs();
});

describe("Cartesia", () => {
  it("is asked for each sentence in turn, as its API is documented", async () => {
    answer = (response) => response.end(Buffer.from([1, 0, 255, 255]));
    const model = getTtsModel("cartesia", { cartesiaApiKey: KEY, baseUrl });
    const frames: AudioFrame[] = [];
    const options = {
      voice: "v-1",
      language: "fr",
      model: "sonic-3",
      sampleRate: 24_000,
      emotion: ["positivity:high"],
    };
    for await (const frame of model.streamTts("Bonjour. Ça va?", options)) frames.push(frame);
    expect(frames.map(({ sampleRate, samples }) => [sampleRate, ...samples])).toEqual([
      [24_000, 1, -1],
      [24_000, 1, -1],
    ]);
    expect(asked.map(({ path, body }) => [path, body])).toEqual(
      ["Bonjour.", "Ça va?"].map((transcript) => [
        "/tts/bytes",
        {
          model_id: "sonic-3",
          transcript,
          voice: { mode: "id", id: "v-1", __experimental_controls: { emotion: ["positivity:high"] } },
          language: "fr",
          output_format: { container: "raw", encoding: "pcm_s16le", sample_rate: 24_000 },
        },
      ]),
    );
    expect(asked[0]?.headers).toMatchObject({
      "content-type": "application/json",
      "cartesia-version": "2024-06-10",
      "x-api-key": KEY,
    });
  });

  it("has FastRTC's defaults, and takes its key from the environment", async () => {
    answer = (response) => response.end(Buffer.from([0, 1]));
    vi.stubEnv("CARTESIA_API_KEY", KEY);
    const sound = await getTtsModel("cartesia", { baseUrl }).tts("Hi.");
    expect([sound.sampleRate, ...sound.samples]).toEqual([22_050, 256]);
    expect(asked[0]?.body).toMatchObject({
      model_id: "sonic-2",
      voice: { mode: "id", id: "71a7ad14-091c-4e8e-a314-022ece01c121" },
      language: "en",
    });
  });

  it("plays what has come before the rest is made, and puts samples together that come in two halves", async () => {
    let more: (bytes: number[]) => void = () => {};
    answer = (response) => {
      more = (bytes) => (bytes.length > 0 ? response.write(Buffer.from(bytes)) : response.end());
      more([1, 0, 2]);
    };
    const speech = getTtsModel("cartesia", { cartesiaApiKey: KEY, baseUrl }).streamTts("Hello.");
    expect([...((await speech.next()).value as AudioFrame).samples]).toEqual([1]);
    more([0, 3, 0]);
    expect([...((await speech.next()).value as AudioFrame).samples]).toEqual([2, 3]);
    more([]);
    expect(await speech.next()).toEqual({ done: true, value: undefined });
  });

  it("is hung up on when the speech is interrupted", async () => {
    let closed = false;
    answer = (response) => {
      response.on("close", () => (closed = true));
      response.write(Buffer.from([1, 0]));
    };
    const stop = new AbortController();
    const speech = getTtsModel("cartesia", { cartesiaApiKey: KEY, baseUrl }).streamTts("Hello.", {
      signal: stop.signal,
    });
    await speech.next();
    const reason = new Error("interrupted");
    stop.abort(reason);
    await expect(speech.next()).rejects.toBe(reason);
    await expect.poll(() => closed).toBe(true);
  });

  it("says why it refused, never naming the key", async () => {
    const wrong = getTtsModel("cartesia", { cartesiaApiKey: "sk_car_wrong", baseUrl });
    await expect(wrong.tts("Hi.")).rejects.toMatchObject({
      code: "speech_failed",
      message: "Cartesia refused with 401: Invalid API key. Check the key in CARTESIA_API_KEY.",
    });
    expect(JSON.stringify(wrong)).not.toContain("wrong");
    answer = (response) => response.writeHead(402).end("Quota used up");
    await expect(getTtsModel("cartesia", { cartesiaApiKey: KEY, baseUrl }).tts("Hi.")).rejects.toMatchObject({
      message: "Cartesia refused with 402: Quota used up.",
    });
  });

  it("never shows the key, whatever is wrong with it, and takes it nowhere else", async () => {
    answer = (response) => response.writeHead(400).end(`What is ${KEY}?`);
    await expect(getTtsModel("cartesia", { cartesiaApiKey: KEY, baseUrl }).tts("Hi.")).rejects.toMatchObject({
      message: "Cartesia refused with 400: What is [hidden]?.",
    });
    const broken = getTtsModel("cartesia", { cartesiaApiKey: "sk\nsecret", baseUrl });
    await expect(broken.tts("Hi.")).rejects.toMatchObject({
      code: "invalid_option",
      message: "Cartesia's key has a character that no key has, such as a line break. Copy it anew.",
    });
    asked.length = 0;
    answer = (response) => response.writeHead(307, { location: `${baseUrl}/elsewhere` }).end();
    await expect(getTtsModel("cartesia", { cartesiaApiKey: KEY, baseUrl }).tts("Hi.")).rejects.toMatchObject({
      code: "speech_failed",
    });
    expect(asked.map(({ path }) => path)).toEqual(["/tts/bytes"]);
  });

  it("says that it cannot be reached", async () => {
    const nowhere = getTtsModel("cartesia", { cartesiaApiKey: KEY, baseUrl: "http://127.0.0.1:9" });
    await expect(nowhere.tts("Hi.")).rejects.toMatchObject({
      code: "speech_failed",
      message: expect.stringMatching(/^Cartesia cannot be reached: /),
    });
  });

  it("is given up when nothing comes for 15 s, however long the listener took before", async () => {
    const clock = new ManualClock();
    const voice = new CartesiaVoice({ apiKey: KEY, baseUrl: `${baseUrl}/`, clock });
    let more: (bytes: number[]) => void = () => {};
    answer = (response) => {
      more = (bytes) => response.write(Buffer.from(bytes));
      more([1, 0]);
    };
    const speech = voice.speak("Hello.", {}, new AbortController().signal);
    expect((await speech.next()).value?.length).toBe(1);
    clock.advance(60_000); // It plays, and nobody waits.
    more([2, 0]);
    expect((await speech.next()).value?.length).toBe(1);
    const last = speech.next();
    await expect.poll(() => clock.pendingTimers).toBe(1);
    clock.advance(15_000);
    await expect(last).rejects.toThrow("Cartesia cannot be reached: nothing came for 15 s.");
    expect(clock.pendingTimers).toBe(0);
  });

  it("is hung up on when the loop is left", async () => {
    let closed = false;
    answer = (response) => {
      response.on("close", () => (closed = true));
      response.write(Buffer.from([1, 0]));
    };
    const model = getTtsModel("cartesia", { cartesiaApiKey: KEY, baseUrl });
    for await (const frame of model.streamTts("Hello.")) if (frame.length > 0) break;
    await expect.poll(() => closed).toBe(true);
  });

  it("says that its answer broke off", async () => {
    answer = (response) => {
      response.write(Buffer.from([1, 0]), () => response.destroy());
    };
    await expect(getTtsModel("cartesia", { cartesiaApiKey: KEY, baseUrl }).tts("Hi.")).rejects.toMatchObject({
      code: "speech_failed",
    });
  });

  it("needs a key, and options that fit, before anything is asked", async () => {
    vi.stubEnv("CARTESIA_API_KEY", "");
    await expect(getTtsModel("cartesia", { baseUrl }).warmup()).rejects.toMatchObject({ code: "invalid_option" });
    await expect(getTtsModel("cartesia", { baseUrl }).tts("Hi.")).rejects.toMatchObject({
      code: "invalid_option",
      message: expect.stringContaining("CARTESIA_API_KEY"),
    });
    const model = getTtsModel("cartesia", { cartesiaApiKey: KEY, baseUrl });
    await expect(model.tts("Hi.", { sampleRate: 12 })).rejects.toMatchObject({ code: "invalid_option" });
    expect(asked).toEqual([]);
  });
});
