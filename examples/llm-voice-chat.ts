// A voice chat with a language model: speech to text, the model's answer while it is written, spoken sentence by sentence.
// Any server with OpenAI's protocol will do (OpenAI, vLLM, Ollama, llama.cpp ...). From the environment: OPENAI_API_KEY, OPENAI_BASE_URL,
// OPENAI_MODEL, STT_MODEL; PORT, HOST. Without key and address a stand-in on this machine answers. The voice needs espeak-ng.
// https://platform.openai.com/docs/api-reference/chat-streaming
import {
  AdditionalOutputs,
  type AudioFrame,
  ReplyOnPause,
  Stream,
  chatbot,
  getCurrentReply,
  getTtsModel,
  perSession,
} from "fastrtc";
import { startLocalOpenAi } from "./local/local-openai.ts";
import { callService } from "./shared/call-service.ts";
import { serviceFinder } from "./shared/find-service.ts";
import { OpenAiSpeechToText } from "./shared/openai-speech-to-text.ts";
import { runExample } from "./shared/run-example.ts";
import { serverSentEvents } from "./shared/server-sent-events.ts";

export interface Message {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

const INSTRUCTIONS: Message = {
  role: "system",
  content:
    "You are on the phone. Answer in one to three short sentences, without lists and formatting: they are read aloud.",
};
const MESSAGES_KEPT = 40;

const findOpenAi = serviceFinder({
  name: "OpenAI",
  keyVariable: "OPENAI_API_KEY",
  urlVariable: "OPENAI_BASE_URL",
  url: "https://api.openai.com/v1",
  standIn: startLocalOpenAi,
});
export const stt = new OpenAiSpeechToText(findOpenAi);
const tts = getTtsModel("espeak-ng"); // Or getTtsModel("kokoro"), which sounds like a person.

/** What was said with each peer. */
const conversation = perSession((): Message[] => []);

/** Answers what was said. */
export async function* answer(audio: AudioFrame): AsyncGenerator<AudioFrame | AdditionalOutputs> {
  const { signal } = getCurrentReply(); // Aborts when the caller speaks over the answer.
  const said = conversation();

  const question = await stt.stt(audio, { signal });
  if (question === "") return;
  said.push({ role: "user", content: question });
  yield new AdditionalOutputs(said.at(-1));

  const written: string[] = [];
  async function* text(): AsyncGenerator<string> {
    for await (const piece of complete([INSTRUCTIONS, ...said.slice(-MESSAGES_KEPT)], signal)) {
      written.push(piece);
      yield piece;
    }
  }
  try {
    yield* tts.streamTts(text());
  } finally {
    // The model shall know that it did not get to the end.
    const ending = signal.aborted ? " ... (interrupted by the user)" : "";
    if (written.length > 0) said.push({ role: "assistant", content: written.join("") + ending });
  }
  yield new AdditionalOutputs(said.at(-1));
}

/** What the model writes, piece by piece. */
export async function* complete(messages: readonly Message[], signal: AbortSignal): AsyncGenerator<string> {
  const openai = await findOpenAi();
  const response = await callService(openai, `${openai.url}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${openai.key}` },
    body: JSON.stringify({ model: process.env["OPENAI_MODEL"] ?? "gpt-4.1-mini", messages, stream: true }),
    signal,
  });
  for await (const data of serverSentEvents(openai, response, signal)) {
    if (data === "[DONE]") return;
    const { choices } = JSON.parse(data) as { choices: readonly { delta: { content?: string | null } }[] };
    const piece = choices[0]?.delta.content;
    if (piece) yield piece;
  }
}

export const stream = new Stream({
  handler: new ReplyOnPause(answer),
  modality: "audio",
  mode: "send-receive",
  additionalOutputs: [chatbot({ label: "Conversation" })],
  additionalOutputsHandler: (shown, said: { role: "user" | "assistant"; content: string }) => [...shown, said],
  uiArgs: { title: "Talk to a language model" },
  concurrencyLimit: 10,
  timeLimit: 600,
});

await runExample(import.meta, stream);
