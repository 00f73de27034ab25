// Say "computer", then a question: nothing is answered before the stop word was heard, and each question needs one.
// From the environment: OPENAI_API_KEY, OPENAI_BASE_URL, OPENAI_MODEL, STT_MODEL ("moonshine/base" hears without a key); PORT, HOST.
// Without them a stand-in on this machine takes anything for the stop word. The voice needs espeak-ng.
import { ReplyOnStopWords, Stream, chatbot } from "fastrtc";
import { answer } from "./llm-voice-chat.ts";
import { startLocalOpenAi } from "./local/local-openai.ts";
import { serviceFinder } from "./shared/find-service.ts";
import { OpenAiSpeechToText } from "./shared/openai-speech-to-text.ts";
import { runExample } from "./shared/run-example.ts";

const findListener = serviceFinder({
  name: "OpenAI",
  keyVariable: "OPENAI_API_KEY",
  urlVariable: "OPENAI_BASE_URL",
  url: "https://api.openai.com/v1",
  standIn: async () => Object.assign(await startLocalOpenAi(), { heard: "Hello computer" }),
});

export const stream = new Stream({
  handler: new ReplyOnStopWords(answer, {
    stopWords: ["computer", "hello computer"],
    sttModel: new OpenAiSpeechToText(findListener),
  }),
  modality: "audio",
  mode: "send-receive",
  additionalOutputs: [chatbot({ label: "Conversation" })],
  additionalOutputsHandler: (shown, said: { role: "user" | "assistant"; content: string }) => [...shown, said],
  uiArgs: { title: "Say “computer”, then ask" },
  concurrencyLimit: 10,
  timeLimit: 600,
});

await runExample(import.meta, stream);
