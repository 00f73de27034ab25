import { describe, expect, test } from "vitest";
import { OpusDecoder } from "../../src/codecs/opus-decoder.ts";
import { OpusEncoder } from "../../src/codecs/opus-encoder.ts";
import { AudioVideoStreamHandler } from "../../src/handlers/audio-video-stream-handler.ts";
import { StreamHandler } from "../../src/handlers/stream-handler.ts";
import type { AudioFrame } from "../../src/media/audio-frame.ts";
import { decodeMuLaw, encodeMuLaw } from "../../src/media/g711.ts";
import { VideoFrame } from "../../src/media/video-frame.ts";
import { Stream } from "../../src/stream.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { serveStream } from "../support/served-stream.ts";
import { loudest, sine } from "../support/tones.ts";
import { WebSocketClient } from "../support/websocket-client.ts";

/** Sends back what it hears, at 24 kHz in the layout given. */
class Echo extends StreamHandler {
  readonly #frames: AudioFrame[] = [];

  constructor(expectedLayout: "mono" | "stereo" = "mono") {
    super({ expectedLayout, inputSampleRate: 24_000, outputSampleRate: 24_000 });
  }

  receive(frame: AudioFrame): void {
    this.#frames.push(frame);
  }

  emit(): AudioFrame | null {
    return this.#frames.shift() ?? null;
  }

  copy(): Echo {
    return new Echo(this.expectedLayout);
  }
}

const audioStream = (handler: StreamHandler): Stream =>
  new Stream({ handler, modality: "audio", logger: new RecordingLogger() });

/** 900 ms of one tone in each channel, interleaved. */
function tones(frequencies: readonly number[], sampleRate: number): Int16Array {
  const length = (sampleRate * 900) / 1000;
  const channels = frequencies.map((frequency) => sine(frequency, { sampleRate, length }).samples);
  return Int16Array.from(
    { length: length * channels.length },
    (_, index) => channels[index % channels.length]?.[Math.floor(index / channels.length)] ?? 0,
  );
}

/** The loudest tone of each channel, from 100 ms on. */
function heardTones(samples: Int16Array, channels: number, sampleRate: number) {
  return Array.from({ length: channels }, (_, channel) => {
    const own = samples.filter((_sample, index) => index % channels === channel).subarray(sampleRate / 10);
    const { frequency, amplitude } = loudest(
      Array.from(own, (sample) => sample / 32_768),
      sampleRate,
    );
    return { frequency: Math.round(frequency), amplitude: Math.round(amplitude * 10) / 10 };
  });
}

const samplesOf = (bytes: Buffer): Int16Array => new Int16Array(Uint8Array.from(bytes).buffer);

describe("over a real WebSocket a handler hears and is heard", () => {
  test.each([
    ["in one channel of 24 kHz", [440], 24_000],
    ["in one channel of 44.1 kHz, which is not the handler's rate", [440], 44_100],
    ["in two channels of 48 kHz", [440, 1000], 48_000],
  ])("in 16-bit samples, %s", async (_name, frequencies, sampleRate) => {
    const channels = frequencies.length as 1 | 2;
    await using served = await serveStream(audioStream(new Echo(channels === 2 ? "stereo" : "mono")));
    using client = await WebSocketClient.connect(served.url);
    await client.start("peer", { encoding: "pcm16", sample_rate: sampleRate, channels });
    const sent = tones(frequencies, sampleRate);
    client.socket.send(Buffer.from(sent.buffer));
    const heard = (): Int16Array => samplesOf(Buffer.concat(client.binaries));
    await expect.poll(() => heard().length, { timeout: 10_000 }).toBeGreaterThan(sent.length * 0.8);
    expect(heardTones(heard(), channels, sampleRate)).toEqual(
      frequencies.map((frequency) => ({ frequency, amplitude: 0.5 })),
    );
  });

  test("in Opus, in packets of 20 ms", async () => {
    await using served = await serveStream(audioStream(new Echo()));
    using client = await WebSocketClient.connect(served.url);
    await client.start("peer", { encoding: "opus", sample_rate: 48_000 });
    const encoder = await OpusEncoder.create({ channels: 1 });
    const decoder = await OpusDecoder.create({ channels: 1 });
    const sent = tones([440], 48_000);
    for (let at = 0; at < sent.length; at += 960) {
      const packet = await encoder.encode(sent.subarray(at, at + 960));
      if (packet) client.socket.send(packet);
    }
    await expect.poll(() => client.binaries.length, { timeout: 10_000 }).toBeGreaterThan(38);
    const heard = client.binaries.flatMap((packet) => [...decoder.decode(packet)]);
    expect(heard.length).toBe(client.binaries.length * 960);
    expect(heardTones(Int16Array.from(heard), 1, 48_000)).toEqual([{ frequency: 440, amplitude: 0.5 }]);
    await Promise.all([encoder.close(), decoder.close()]);
  });
});

test("of an audio-video stream a WebSocket carries the sound; pictures are neither taken nor asked for", async () => {
  let picturesAsked = 0;
  class EchoWithPictures extends AudioVideoStreamHandler {
    readonly #frames: AudioFrame[] = [];

    constructor() {
      super({ inputSampleRate: 8000, outputSampleRate: 8000 });
    }

    receive(frame: AudioFrame): void {
      this.#frames.push(frame);
    }

    emit(): AudioFrame | null {
      return this.#frames.shift() ?? null;
    }

    videoReceive(): void {}

    videoEmit(): VideoFrame {
      picturesAsked += 1;
      return VideoFrame.allocate(4, 4);
    }

    copy(): EchoWithPictures {
      return new EchoWithPictures();
    }
  }
  const stream = new Stream({
    handler: new EchoWithPictures(),
    modality: "audio-video",
    logger: new RecordingLogger(),
  });
  await using served = await serveStream(stream);
  using client = await WebSocketClient.connect(served.url);
  await client.start("peer");
  const sent = encodeMuLaw(tones([440], 8000));
  client.sendMuLaw(sent);
  await expect.poll(() => client.heard.length, { timeout: 10_000 }).toBe(sent.length);
  expect(decodeMuLaw(client.heard)).toEqual(decodeMuLaw(sent));
  expect(picturesAsked).toBe(0);
});
