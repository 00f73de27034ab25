// Edit a text by voice: say "make it shorter" or "add a greeting", and a language model changes what stands in the field.
// From the environment: OPENAI_API_KEY, OPENAI_BASE_URL, OPENAI_MODEL, STT_MODEL; PORT, HOST. Without key and address a stand-in on this machine
// answers, which changes the text into what it heard.
import { AdditionalOutputs, type AudioFrame, ReplyOnPause, Stream, getCurrentReply, textbox } from "fastrtc";
import { complete, stt } from "./llm-voice-chat.ts";
import { runExample } from "./shared/run-example.ts";

const INSTRUCTIONS = `You edit a text as you are told. Answer with the whole new text and nothing else. Where you are told something that is
no instruction, add it to the text as it was said.`;

async function* edit(audio: AudioFrame, text: string): AsyncGenerator<AdditionalOutputs> {
  const { signal } = getCurrentReply();
  const instruction = await stt.stt(audio, { signal });
  if (instruction === "") return;
  const question = `The text:\n${text}\n\nThe instruction: ${instruction}`;
  let edited = "";
  for await (const piece of complete(
    [
      { role: "system", content: INSTRUCTIONS },
      { role: "user", content: question },
    ],
    signal,
  )) {
    edited += piece;
    yield new AdditionalOutputs(edited);
  }
}

const field = textbox({ label: "Text", lines: 12, value: "" });

export const stream = new Stream({
  handler: new ReplyOnPause(edit),
  modality: "audio",
  mode: "send",
  additionalInputs: [field],
  additionalOutputs: [field],
  uiArgs: { title: "Edit by voice" },
  concurrencyLimit: 10,
  timeLimit: 600,
});

await runExample(import.meta, stream);
