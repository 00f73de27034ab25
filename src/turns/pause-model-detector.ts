import type {
  ModelOptions,
  PauseDetectionModel,
  VoiceActivityDetector,
  VoiceActivityStream,
} from "../session/voice-models.ts";

const SAMPLE_RATE = 16_000;
const WINDOW_SAMPLES = 512;
/** How much sound the model is shown each time: 512 ms, twice what models usually want to call something speech. */
const SHOWN_SAMPLES = 16 * WINDOW_SAMPLES;
/** At every how many windows it is asked. */
const ASKED_EVERY = 2;

/** A voice detector in either of the two shapes, or both. */
export type VoiceModel = PauseDetectionModel | VoiceActivityDetector | (PauseDetectionModel & VoiceActivityDetector);

/** The streaming detector in a model: itself where it is one, otherwise one that shows the model half a second again and again. */
export function detectorOf(model: VoiceModel, options: ModelOptions | undefined): VoiceActivityDetector {
  if ("createStream" in model) return model;
  return {
    sampleRate: SAMPLE_RATE,
    windowSamples: WINDOW_SAMPLES,
    warmup: () => model.warmup(),
    createStream: () => pauseModelStream(model, options),
  };
}

/** Takes for speech how much of the last windows the model says is. */
function pauseModelStream(model: PauseDetectionModel, options: ModelOptions | undefined): VoiceActivityStream {
  let shown = new Float32Array(SHOWN_SAMPLES);
  let count = 0;
  let latest = 0;
  return {
    async push(window) {
      shown.copyWithin(0, WINDOW_SAMPLES);
      shown.set(window, SHOWN_SAMPLES - WINDOW_SAMPLES);
      count += 1;
      if (count % ASKED_EVERY !== 0) return latest;
      const [, chunks] = await model.vad([SAMPLE_RATE, shown.slice()], options);
      const least = SHOWN_SAMPLES - ASKED_EVERY * WINDOW_SAMPLES;
      const speech = chunks.reduce((sum, { start, end }) => sum + Math.max(0, end - Math.max(start, least)), 0);
      latest = Math.min(1, speech / (ASKED_EVERY * WINDOW_SAMPLES));
      return latest;
    },
    reset() {
      shown = new Float32Array(SHOWN_SAMPLES);
      count = 0;
      latest = 0;
    },
    close() {},
  };
}
