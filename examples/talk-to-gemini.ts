// Talk to Gemini's Live API: it hears when you have finished, answers by voice, and falls silent when you speak over it.
// From the environment: GEMINI_API_KEY, GEMINI_MODEL, GEMINI_BASE_URL; PORT, HOST. Without a key a stand-in on this machine answers,
// whose voice needs espeak-ng. gemini-audio-video.ts shows it the camera as well.
// https://ai.google.dev/api/live
import { type AudioFrame, type EmittedAudio, Stream, StreamHandler } from "fastrtc";
import { startLocalGeminiLive } from "./local/local-gemini-live.ts";
import { serviceFinder } from "./shared/find-service.ts";
import { runExample } from "./shared/run-example.ts";
import { ServiceSocket } from "./shared/service-socket.ts";

/** The rates of the Live API's raw samples. */
export const RATES = { inputSampleRate: 16_000, outputSampleRate: 24_000 };

const PATH = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent";

/** What this program does something with; there is more. */
interface ServerMessage {
  readonly setupComplete?: object;
  readonly serverContent?: {
    readonly modelTurn?: { readonly parts?: readonly { readonly inlineData?: { readonly data: string } }[] };
    readonly interrupted?: boolean;
  };
}

const findGemini = serviceFinder({
  name: "Gemini",
  keyVariable: "GEMINI_API_KEY",
  urlVariable: "GEMINI_BASE_URL",
  url: "https://generativelanguage.googleapis.com",
  standIn: startLocalGeminiLive,
});

/** A conversation with Gemini: sound and pictures in, sound out. */
export class GeminiConversation {
  /** Whether Gemini listens by now. */
  isReady = false;
  #socket: ServiceSocket | undefined;
  /** Sound that came faster than it plays. */
  #sounds: Int16Array[] = [];

  /**
   * Goes on as long as the call. When Gemini hangs up it throws; thrown by `startUp` that ends the call and tells the peer why.
   * @param onInterrupted what was given and not heard is to be dropped.
   */
  async run({ signal, onInterrupted }: { signal: AbortSignal; onInterrupted: () => void }): Promise<void> {
    const gemini = await findGemini();
    const url = `${gemini.url.replace(/^http/, "ws")}${PATH}?key=${encodeURIComponent(gemini.key)}`;
    this.#socket = await ServiceSocket.open<ServerMessage>(gemini, url, {
      signal,
      onMessage: ({ setupComplete, serverContent }) => {
        if (setupComplete) this.isReady = true;
        for (const { inlineData } of serverContent?.modelTurn?.parts ?? []) {
          if (inlineData)
            this.#sounds.push(new Int16Array(Uint8Array.from(Buffer.from(inlineData.data, "base64")).buffer));
        }
        if (serverContent?.interrupted) {
          this.#sounds = [];
          onInterrupted();
        }
      },
    });
    this.#socket.send({
      setup: {
        model: `models/${process.env["GEMINI_MODEL"] ?? "gemini-3.1-flash-live-preview"}`,
        generationConfig: { responseModalities: ["AUDIO"] },
        systemInstruction: { parts: [{ text: "You are a helpful assistant. Keep your answers short." }] },
      },
    });
    await this.#socket.untilClosed();
  }

  /** Has Gemini hear 16-bit samples of 16 kHz. */
  hear(samples: Int16Array): void {
    const data = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength).toString("base64");
    if (this.isReady) this.#socket?.send({ realtimeInput: { audio: { data, mimeType: "audio/pcm;rate=16000" } } });
  }

  /** Has Gemini see a picture. */
  see(jpeg: Uint8Array): void {
    const data = Buffer.from(jpeg).toString("base64");
    if (this.isReady) this.#socket?.send({ realtimeInput: { video: { data, mimeType: "image/jpeg" } } });
  }

  /** What Gemini says next, or null. */
  next(): [sampleRate: number, samples: Int16Array] | null {
    const samples = this.#sounds.shift();
    return samples ? [RATES.outputSampleRate, samples] : null;
  }
}

class TalkToGemini extends StreamHandler {
  readonly #gemini = new GeminiConversation();

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

  copy(): TalkToGemini {
    return new TalkToGemini();
  }
}

export const stream = new Stream({
  handler: new TalkToGemini(),
  modality: "audio",
  mode: "send-receive",
  uiArgs: { title: "Talk to Gemini" },
  concurrencyLimit: 5,
  timeLimit: 300,
});

await runExample(import.meta, stream);
