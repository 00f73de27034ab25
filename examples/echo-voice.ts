// A voice agent without keys and models to download: it says again what it heard. Speak over it, and it falls silent.
// From the environment: PORT, HOST.
import { FastRtcError, ReplyOnPause, Stream } from "fastrtc";

const stream = new Stream({
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

try {
  await stream.ui.launch({ port: Number(process.env["PORT"] ?? 7860), host: process.env["HOST"] ?? "127.0.0.1" });
} catch (error) {
  if (!(error instanceof FastRtcError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
