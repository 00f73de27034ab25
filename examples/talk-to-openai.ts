// Talk to OpenAI's Realtime API: it hears when you have finished, answers by voice, and falls silent when you speak over it.
// From the environment: OPENAI_API_KEY, OPENAI_REALTIME_MODEL, OPENAI_BASE_URL; PORT, HOST. Without a key a stand-in on this machine
// answers, whose voice needs espeak-ng.
// https://developers.openai.com/api/docs/guides/realtime-websocket
import {
  AdditionalOutputs,
  type AudioFrame,
  type EmittedAudio,
  Stream,
  StreamHandler,
  chatbot,
  warning,
} from "fastrtc";
import { startLocalOpenAiRealtime } from "./local/local-openai-realtime.ts";
import { serviceFinder } from "./shared/find-service.ts";
import { runExample } from "./shared/run-example.ts";
import { ServiceSocket } from "./shared/service-socket.ts";

/** The only rate of the Realtime API's raw samples. */
const SAMPLE_RATE = 24_000;

/** What this program does something with; there are many more. */
type ServerEvent =
  | { readonly type: "input_audio_buffer.speech_started" }
  | { readonly type: "response.output_audio.delta"; readonly item_id: string; readonly delta: string }
  | { readonly type: "response.output_audio_transcript.done"; readonly transcript: string }
  | { readonly type: "conversation.item.input_audio_transcription.completed"; readonly transcript: string }
  | { readonly type: "error"; readonly error: { readonly message: string } };

const findOpenAi = serviceFinder({
  name: "OpenAI",
  keyVariable: "OPENAI_API_KEY",
  urlVariable: "OPENAI_BASE_URL",
  url: "https://api.openai.com/v1",
  standIn: startLocalOpenAiRealtime,
});

class TalkToOpenAi extends StreamHandler {
  #socket: ServiceSocket | undefined;
  /** Sound that came faster than it plays. */
  #sounds: { readonly itemId: string; readonly samples: Int16Array }[] = [];
  readonly #outputs: AdditionalOutputs[] = [];
  /** The answer that is being played, and how much of it was given. */
  #playing: { readonly itemId: string; givenMs: number } | undefined;

  constructor() {
    super({ inputSampleRate: SAMPLE_RATE, outputSampleRate: SAMPLE_RATE });
  }

  /** Goes on as long as the call: when OpenAI hangs up it throws, which ends the call and tells the peer why. */
  override async startUp(): Promise<void> {
    const openai = await findOpenAi();
    const model = process.env["OPENAI_REALTIME_MODEL"] ?? "gpt-realtime";
    this.#socket = await ServiceSocket.open<ServerEvent>(
      openai,
      `${openai.url.replace(/^http/, "ws")}/realtime?model=${encodeURIComponent(model)}`,
      {
        headers: { authorization: `Bearer ${openai.key}` },
        signal: this.signal,
        onMessage: (event) => this.#take(event),
      },
    );
    const format = { type: "audio/pcm", rate: SAMPLE_RATE };
    this.#socket.send({
      type: "session.update",
      session: {
        type: "realtime",
        instructions: "You are a helpful assistant. Keep your answers short.",
        audio: {
          input: {
            format,
            transcription: { model: "gpt-4o-mini-transcribe" },
            turn_detection: { type: "server_vad" },
          },
          output: { format, voice: "marin" },
        },
      },
    });
    await this.#socket.untilClosed();
  }

  receive(frame: AudioFrame): void {
    const { buffer, byteOffset, byteLength } = frame.toInt16();
    const audio = Buffer.from(buffer, byteOffset, byteLength).toString("base64");
    this.#socket?.send({ type: "input_audio_buffer.append", audio });
  }

  emit(): EmittedAudio {
    const output = this.#outputs.shift();
    if (output) return output;
    const sound = this.#sounds.shift();
    if (!sound) return null;
    const { itemId, samples } = sound;
    if (this.#playing?.itemId !== itemId) this.#playing = { itemId, givenMs: 0 };
    this.#playing.givenMs += (samples.length * 1000) / SAMPLE_RATE;
    return [SAMPLE_RATE, samples];
  }

  copy(): TalkToOpenAi {
    return new TalkToOpenAi();
  }

  #take(event: ServerEvent): void {
    switch (event.type) {
      case "response.output_audio.delta": {
        const bytes = Uint8Array.from(Buffer.from(event.delta, "base64"));
        this.#sounds.push({ itemId: event.item_id, samples: new Int16Array(bytes.buffer) });
        return;
      }
      case "input_audio_buffer.speech_started":
        this.#interrupt();
        return;
      case "conversation.item.input_audio_transcription.completed":
        this.#outputs.push(new AdditionalOutputs({ role: "user", content: event.transcript.trim() }));
        return;
      case "response.output_audio_transcript.done":
        this.#outputs.push(new AdditionalOutputs({ role: "assistant", content: event.transcript }));
        return;
      case "error":
        warning(`OpenAI: ${event.error.message}`); // The conversation goes on.
        return;
    }
  }

  /** Falls silent, and has OpenAI forget what was not heard: otherwise it believes that it had said all. */
  #interrupt(): void {
    const { unheardMs } = this;
    const isSpeaking = unheardMs > 0 || this.#sounds.length > 0;
    this.#sounds = [];
    this.clearQueue();
    if (!this.#playing || !isSpeaking) return;
    const { itemId, givenMs } = this.#playing;
    this.#playing = undefined;
    this.#socket?.send({
      type: "conversation.item.truncate",
      item_id: itemId,
      content_index: 0,
      audio_end_ms: Math.floor(Math.max(0, givenMs - unheardMs)),
    });
  }
}

export const stream = new Stream({
  handler: new TalkToOpenAi(),
  modality: "audio",
  mode: "send-receive",
  additionalOutputs: [chatbot({ label: "Conversation" })],
  additionalOutputsHandler: (shown, said: { role: "user" | "assistant"; content: string }) => [...shown, said],
  uiArgs: { title: "Talk to OpenAI" },
  concurrencyLimit: 5,
  timeLimit: 300,
});

await runExample(import.meta, stream);
