// Talk to Gemini about what your camera sees: your voice goes to its Live API, and a picture each second.
// From the environment: GEMINI_API_KEY, GEMINI_MODEL, GEMINI_BASE_URL; PORT, HOST. Without a key a stand-in on this machine answers, whose
// voice needs espeak-ng.
// https://ai.google.dev/gemini-api/docs/live-api
import {
  type AudioFrame,
  AudioVideoStreamHandler,
  type EmittedAudio,
  type EmittedVideo,
  Stream,
  type VideoFrame,
  pictureToJpeg,
} from "fastrtc";
import { runExample } from "./shared/run-example.ts";
import { GeminiConversation, RATES } from "./talk-to-gemini.ts";

/** Gemini looks at one picture a second. */
const PICTURE_EVERY_MS = 1000;

class GeminiAudioVideo extends AudioVideoStreamHandler {
  readonly #gemini = new GeminiConversation();
  #picture: VideoFrame | null = null;
  #shownAtMs = Number.NEGATIVE_INFINITY;

  constructor() {
    super(RATES);
  }

  override startUp(): Promise<void> {
    return this.#gemini.run({ signal: this.signal, onInterrupted: () => this.clearQueue() });
  }

  receive(frame: AudioFrame): void {
    this.#gemini.hear(frame.toInt16());
  }

  emit(): EmittedAudio {
    return this.#gemini.next();
  }

  async videoReceive(frame: VideoFrame): Promise<void> {
    this.#picture = frame; // The page shows what was sent.
    const nowMs = performance.now();
    if (!this.#gemini.isReady || nowMs - this.#shownAtMs < PICTURE_EVERY_MS) return;
    this.#shownAtMs = nowMs;
    this.#gemini.see(await pictureToJpeg(frame, { quality: 70 }));
  }

  videoEmit(): EmittedVideo {
    const picture = this.#picture;
    this.#picture = null;
    return picture;
  }

  copy(): GeminiAudioVideo {
    return new GeminiAudioVideo();
  }
}

export const stream = new Stream({
  handler: new GeminiAudioVideo(),
  modality: "audio-video",
  mode: "send-receive",
  uiArgs: { title: "Show Gemini your camera" },
  concurrencyLimit: 5,
  timeLimit: 300,
});

await runExample(import.meta, stream);
