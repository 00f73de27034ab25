// Writes down what you say, sentence by sentence. Nothing is sent back but text.
// From the environment: STT_MODEL ("moonshine/base" runs in this process), OPENAI_API_KEY, OPENAI_BASE_URL; PORT, HOST. Without them a stand-in
// on this machine says only how long somebody has spoken.
import { AdditionalOutputs, ReplyOnPause, Stream, textbox } from "fastrtc";
import { startLocalOpenAi } from "./local/local-openai.ts";
import { serviceFinder } from "./shared/find-service.ts";
import { OpenAiSpeechToText } from "./shared/openai-speech-to-text.ts";
import { runExample } from "./shared/run-example.ts";

const stt = new OpenAiSpeechToText(
  serviceFinder({
    name: "OpenAI",
    keyVariable: "OPENAI_API_KEY",
    urlVariable: "OPENAI_BASE_URL",
    url: "https://api.openai.com/v1",
    standIn: startLocalOpenAi,
  }),
);

export const stream = new Stream({
  handler: new ReplyOnPause(
    async (audio) => {
      const text = await stt.stt(audio);
      return text === "" ? null : new AdditionalOutputs(text);
    },
    // A text may be written while the next sentence is spoken, and a long speech is not waited for.
    { algoOptions: { maxContinuousSpeechS: 15 }, turnOptions: { continueWithinMs: 0 } },
  ),
  modality: "audio",
  mode: "send",
  additionalOutputs: [textbox({ label: "Transcript", lines: 12, value: "" })],
  additionalOutputsHandler: (shown, text: string) => `${shown}${text}\n`,
  uiArgs: { title: "Live transcription" },
  concurrencyLimit: 10,
  timeLimit: 600,
});

await runExample(import.meta, stream);
