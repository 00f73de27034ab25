// Talk to Claude: speech to text, Claude's answer while it is written, spoken sentence by sentence. The history of the chat is an
// additional output and input: what the page shows comes back with the next turn.
// From the environment: ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL, CLAUDE_MODEL for Claude; OPENAI_API_KEY, OPENAI_BASE_URL, STT_MODEL for speech
// to text; PORT, HOST. Without keys stand-ins on this machine answer. The voice needs espeak-ng.
// https://platform.claude.com/docs/en/build-with-claude/streaming
import {
  AdditionalOutputs,
  type AudioFrame,
  type ChatMessage,
  ReplyOnPause,
  Stream,
  WebRTCError,
  chatbot,
  getCurrentReply,
  getTtsModel,
} from "fastrtc";
import { startLocalClaude } from "./local/local-claude.ts";
import { startLocalOpenAi } from "./local/local-openai.ts";
import { callService } from "./shared/call-service.ts";
import { serviceFinder } from "./shared/find-service.ts";
import { OpenAiSpeechToText } from "./shared/openai-speech-to-text.ts";
import { runExample } from "./shared/run-example.ts";
import { serverSentEvents } from "./shared/server-sent-events.ts";

const findClaude = serviceFinder({
  name: "Claude",
  keyVariable: "ANTHROPIC_API_KEY",
  urlVariable: "ANTHROPIC_BASE_URL",
  url: "https://api.anthropic.com",
  standIn: startLocalClaude,
});
const stt = new OpenAiSpeechToText(
  serviceFinder({
    name: "OpenAI",
    keyVariable: "OPENAI_API_KEY",
    urlVariable: "OPENAI_BASE_URL",
    url: "https://api.openai.com/v1",
    standIn: startLocalOpenAi,
  }),
);
const tts = getTtsModel("espeak-ng"); // Or getTtsModel("kokoro"), which sounds like a person.

/** What Claude sends of a message, as far as it matters here. */
type StreamEvent =
  | { readonly type: "content_block_delta"; readonly delta: { readonly type: string; readonly text?: string } }
  | { readonly type: "error"; readonly error: { readonly message: string } }
  | { readonly type: "message_start" | "content_block_start" | "ping" | "content_block_stop" | "message_stop" };

async function* answer(
  audio: AudioFrame,
  shown: readonly ChatMessage[],
): AsyncGenerator<AudioFrame | AdditionalOutputs> {
  const { signal } = getCurrentReply(); // Aborts when the caller speaks over the answer.
  const question = await stt.stt(audio, { signal });
  if (question === "") return;
  const history: ChatMessage[] = [...shown, { role: "user", content: question }];
  yield new AdditionalOutputs(history);

  const written: string[] = [];
  async function* text(): AsyncGenerator<string> {
    for await (const piece of ask(history, signal)) {
      written.push(piece);
      yield piece;
    }
  }
  for await (const sound of tts.streamTts(text())) yield sound;
  yield new AdditionalOutputs([...history, { role: "assistant", content: written.join("") }]);
}

/** What Claude writes, piece by piece. */
async function* ask(history: readonly ChatMessage[], signal: AbortSignal): AsyncGenerator<string> {
  const claude = await findClaude();
  const response = await callService(claude, `${claude.url}/v1/messages`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": claude.key, "anthropic-version": "2023-06-01" },
    body: JSON.stringify({
      model: process.env["CLAUDE_MODEL"] ?? "claude-sonnet-4-5",
      max_tokens: 1024,
      system: "Answer in one to three short sentences, without lists and formatting: they are read aloud.",
      messages: history.map(({ role, content }) => ({ role, content })),
      stream: true,
    }),
    signal,
  });
  for await (const data of serverSentEvents(claude, response, signal)) {
    const event = JSON.parse(data) as StreamEvent;
    if (event.type === "error") throw new WebRTCError(`Claude broke off: ${event.error.message}.`);
    if (event.type === "content_block_delta" && event.delta.text) yield event.delta.text;
  }
}

const chat = chatbot({ label: "Conversation" });

export const stream = new Stream({
  handler: new ReplyOnPause(answer),
  modality: "audio",
  mode: "send-receive",
  additionalInputs: [chat],
  additionalOutputs: [chat],
  additionalOutputsHandler: (_shown, history: ChatMessage[]) => history,
  uiArgs: { title: "Talk to Claude" },
  concurrencyLimit: 10,
  timeLimit: 600,
});

await runExample(import.meta, stream);
