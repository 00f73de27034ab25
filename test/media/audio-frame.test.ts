import { describe, expect, expectTypeOf, test } from "vitest";
import { audioToFloat32, audioToInt16 } from "../../src/media/audio-conversion.ts";
import { AudioFrame, type AudioTuple } from "../../src/media/audio-frame.ts";

function facts({ samples, sampleRate, channels, timestampUs }: AudioFrame): object {
  return { samples, sampleRate, channels, timestampUs };
}

describe("from", () => {
  test("takes what a handler emits", () => {
    const samples = Int16Array.of(1, 2, 3, 4);
    expect([facts(AudioFrame.from([24_000, samples])), facts(AudioFrame.from([8_000, samples, "stereo"]))]).toEqual([
      { samples, sampleRate: 24_000, channels: 1, timestampUs: undefined },
      { samples, sampleRate: 8_000, channels: 2, timestampUs: undefined },
    ]);
  });

  test("gives an AudioFrame back as it is", () => {
    const frame = new AudioFrame({ samples: Float32Array.of(0.5), sampleRate: 48_000, timestampUs: 7 });
    expect(AudioFrame.from(frame)).toBe(frame);
  });

  test("does not copy the samples", () => {
    const samples = Float32Array.of(0.5);
    expect(AudioFrame.from([48_000, samples]).samples).toBe(samples);
  });

  test.each([
    [null, "Audio is an AudioFrame or [sampleRate, samples, layout?], but not null."],
    [[48_000], "Audio is an AudioFrame or [sampleRate, samples, layout?], but not an array of 1."],
    [{ samples: [] }, "Audio is an AudioFrame or [sampleRate, samples, layout?], but not a Object."],
    [[48_000, [1, 2]], "Samples are an Int16Array or a Float32Array, but not an array of 2."],
    [
      [48_000, new Uint8Array(2)],
      "Samples are an Int16Array or a Float32Array, but not a Uint8Array. Bytes of 16-bit PCM become samples by new Int16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2).",
    ],
    [[0, new Int16Array(2)], "A sample rate is an integer from 1 to 384000 per second, but not 0."],
    [[48_000, new Int16Array(2), "5.1"], 'The layout of audio is "mono" or "stereo", but not 5.1.'],
    [[48_000, new Int16Array(3), "stereo"], "3 samples cannot be shared out among 2 channels."],
  ])("refuses %o", (audio, message) => {
    expect(() => AudioFrame.from(audio as unknown as AudioTuple)).toThrow(message);
  });
});

test.each([
  [{ channels: 0 }, "An AudioFrame has 1 to 32 channels, but not 0."],
  [{ channels: 1.5 }, "An AudioFrame has 1 to 32 channels, but not 1.5."],
  [{ timestampUs: Number.NaN }, "An AudioFrame's timestampUs must be a number of microseconds, but it is NaN."],
])("a frame of %o is refused", (wrong, message) => {
  expect(() => new AudioFrame({ samples: new Int16Array(2), sampleRate: 8_000, ...wrong })).toThrow(message);
});

test("a frame knows how long it sounds", () => {
  const stereo = new AudioFrame({ samples: new Int16Array(1_920), sampleRate: 48_000, channels: 2 });
  expect({ length: stereo.length, durationMs: stereo.durationMs }).toEqual({ length: 960, durationMs: 20 });
});

test("channels that lie apart are interleaved", () => {
  const frame = AudioFrame.fromChannels([Float32Array.of(1, 2), Float32Array.of(3, 4)], 8_000);
  expect(facts(frame)).toEqual({
    samples: Float32Array.of(1, 3, 2, 4),
    sampleRate: 8_000,
    channels: 2,
    timestampUs: undefined,
  });
  expect([frame.channel(0), frame.channel(1)]).toEqual([Float32Array.of(1, 2), Float32Array.of(3, 4)]);
});

test("channels of different length, or none, make no frame", () => {
  expect(() => AudioFrame.fromChannels([new Float32Array(2), new Float32Array(3)], 8_000)).toThrow(
    "All channels must be of equal length, but they have 2, 3.",
  );
  expect(() => AudioFrame.fromChannels([], 8_000)).toThrow("An AudioFrame has 1 to 32 channels, but not 0.");
});

test("a channel of 16-bit samples comes as fractions, one that is not there is refused", () => {
  const frame = new AudioFrame({ samples: Int16Array.of(-32_768, 16_384), sampleRate: 8_000, channels: 2 });
  expect([frame.channel(0), frame.channel(1)]).toEqual([Float32Array.of(-1), Float32Array.of(0.5)]);
  expect(() => frame.channel(2)).toThrow("The frame has channels 0 to 1, but not 2.");
});

describe("conversion", () => {
  test("to 16 bits clips, rounds and makes silence of what is no number", () => {
    const samples = Float32Array.of(0, 0.5, -0.5, 1, -1, 7, -7, Number.NaN, 0.6 / 32_768, Infinity);
    expect(audioToInt16([8_000, samples])).toEqual(
      Int16Array.of(0, 16_384, -16_384, 32_767, -32_768, 32_767, -32_768, 0, 1, 32_767),
    );
  });

  test("of every 16-bit sample to a fraction and back changes nothing", () => {
    const all = Int16Array.from({ length: 65_536 }, (_, index) => index - 32_768);
    expect(audioToInt16(audioToFloat32(all))).toEqual(all);
  });

  test("takes frames, tuples and bare samples", () => {
    const samples = Int16Array.of(-32_768, 0, 16_384);
    const inputs = [samples, [8_000, samples] as const, new AudioFrame({ samples, sampleRate: 8_000 })];
    expect(inputs.map((input) => audioToFloat32(input))).toEqual(inputs.map(() => Float32Array.of(-1, 0, 0.5)));
  });

  test("returns what is of the kind already", () => {
    const [whole, fraction] = [new Int16Array(1), new Float32Array(1)];
    expect([audioToInt16(whole) === whole, audioToFloat32([8_000, fraction]) === fraction]).toEqual([true, true]);
  });
});

describe("withChannels", () => {
  const stereo = new AudioFrame({
    samples: Int16Array.of(32_767, 32_767, 1, 2),
    sampleRate: 8_000,
    channels: 2,
    timestampUs: 5,
  });

  test("averages to one channel without clipping", () => {
    expect(facts(stereo.withChannels(1))).toEqual({
      samples: Int16Array.of(32_767, 2),
      sampleRate: 8_000,
      channels: 1,
      timestampUs: 5,
    });
  });

  test("copies one channel to several", () => {
    const mono = new AudioFrame({ samples: Float32Array.of(0.5, -1), sampleRate: 8_000 });
    expect(mono.withChannels(3).samples).toEqual(Float32Array.of(0.5, 0.5, 0.5, -1, -1, -1));
  });

  test("keeps the channels that both have", () => {
    expect(stereo.withChannels(3).samples).toEqual(Int16Array.of(32_767, 32_767, 0, 1, 2, 0));
    expect(stereo.withChannels(3).withChannels(2).samples).toEqual(stereo.samples);
  });

  test("changes nothing where nothing changes", () => {
    expect(stereo.withChannels(2)).toBe(stereo);
  });

  test("refuses a number of channels that cannot be", () => {
    expect(() => stereo.withChannels(1e9)).toThrow("An AudioFrame has 1 to 32 channels, but not 1000000000.");
  });
});

describe("taken apart", () => {
  test("is FastRTC's pair of sample rate and samples, each of its own type", () => {
    const [sampleRate, samples] = new AudioFrame({ samples: Int16Array.of(1, 2), sampleRate: 8000 });
    expectTypeOf(sampleRate).toEqualTypeOf<number>();
    expectTypeOf(samples).toEqualTypeOf<Int16Array | Float32Array>();
    expect([sampleRate, samples]).toEqual([8000, Int16Array.of(1, 2)]);
  });
});
