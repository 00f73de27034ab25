// The language model of llm-voice-chat.ts on the telephone, by Twilio; the same program serves browsers.
// 1. Make this program reachable by https: a server of yours, or a tunnel to port 7860.
// 2. In Twilio's console, let your number's "A call comes in" be the webhook https://your-host/telephone/incoming (POST).
// From the environment: TWILIO_AUTH_TOKEN, so that nobody but Twilio may call; OPENAI_API_KEY and the others of llm-voice-chat.ts; PORT, HOST.
// https://www.twilio.com/docs/voice/media-streams/websocket-messages
import { ReplyOnPause, Stream, getTtsModel } from "fastrtc";
import { answer } from "./llm-voice-chat.ts";
import { runExample } from "./shared/run-example.ts";

const tts = getTtsModel("espeak-ng");

export const stream = new Stream({
  handler: new ReplyOnPause(answer, {
    startupFn: () => tts.streamTts("Hello! What would you like to know?"),
  }),
  modality: "audio",
  mode: "send-receive",
  uiArgs: { title: "Call me" },
  concurrencyLimit: 20,
  timeLimit: 900,
});

await runExample(import.meta, stream);
