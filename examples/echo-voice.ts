// A voice agent without keys and models to download: it says again what it heard. Speak over it, and it falls silent.
// From the environment: PORT, HOST.
import { ReplyOnPause, Stream } from "fastrtc";
import { runExample } from "./shared/run-example.ts";

export const stream = new Stream({
  handler: new ReplyOnPause((audio) => audio, {
    onEvent: (event) => console.log(event.type),
    onInterrupted: ({ cause, playedMs }) => console.log(`${cause} after ${(playedMs / 1000).toFixed(1)} s`),
  }),
  modality: "audio",
  mode: "send-receive",
  uiArgs: { title: "Say something" },
  concurrencyLimit: 10,
  timeLimit: 600,
});

await runExample(import.meta, stream);
