import { type AudioFrame, type ModelAudio, type SpeechToText, audioToBytes, getSttModel } from "fastrtc";
import type { FoundService } from "./find-service.ts";
import { callService } from "./call-service.ts";

/**
 * Speech to text by a server with OpenAI's protocol. STT_MODEL names its model; "moonshine/base" and "moonshine/tiny" run in this process.
 * https://platform.openai.com/docs/api-reference/audio/createTranscription
 */
export class OpenAiSpeechToText implements SpeechToText {
  readonly #find: () => Promise<FoundService>;

  constructor(find: () => Promise<FoundService>) {
    this.#find = find;
  }

  async stt(audio: AudioFrame | ModelAudio, options: { signal?: AbortSignal } = {}): Promise<string> {
    const model = process.env["STT_MODEL"] ?? "gpt-4o-mini-transcribe";
    // npm install @huggingface/transformers
    if (model === "moonshine/base" || model === "moonshine/tiny") return getSttModel(model).stt(audio, options);
    const openai = await this.#find();
    const form = new FormData();
    form.set("model", model);
    form.set("file", new Blob([await audioToBytes(audio, { format: "wav" })]), "speech.wav");
    const response = await callService(openai, `${openai.url}/audio/transcriptions`, {
      method: "POST",
      headers: { authorization: `Bearer ${openai.key}` },
      body: form,
      signal: options.signal ?? null,
    });
    const { text } = (await response.json()) as { text: string };
    return text.trim();
  }
}
