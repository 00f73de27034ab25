import type { VoiceActivityDetector } from "../../../src/session/voice-models.ts";

/** Takes what is loud for speech: a voice that a test can play by amplitude alone. */
export const loudnessDetector: VoiceActivityDetector = {
  sampleRate: 16_000,
  windowSamples: 512,
  createStream: () => ({
    push: (window) => (window.reduce((sum, sample) => sum + Math.abs(sample), 0) / window.length > 0.05 ? 0.95 : 0.02),
    reset: () => undefined,
    close: () => undefined,
  }),
};
