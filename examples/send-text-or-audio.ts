// Speak, or write into the field and press Send: either is answered by voice. The voice needs espeak-ng.
// From the environment: PORT, HOST.
import { ReplyOnPause, Stream, getTtsModel, textbox } from "fastrtc";
import { runExample } from "./shared/run-example.ts";

const tts = getTtsModel("espeak-ng");

/** Answers speech as `ReplyOnPause` does, and a text as soon as it was sent. */
class ReplyToTextOrAudio extends ReplyOnPause<[text: string]> {
  override onInputs(text: string): void {
    if (text) this.triggerResponse(); // Nothing was said then: the sound that it is given is empty.
  }
}

export const stream = new Stream({
  handler: new ReplyToTextOrAudio(
    (audio, text) => {
      const said =
        audio.length > 0 ? `You spoke for ${Math.round(audio.durationMs / 1000)} seconds.` : `You wrote: ${text}`;
      return tts.streamTts(said);
    },
    { needsArgs: false },
  ),
  modality: "audio",
  mode: "send-receive",
  additionalInputs: [textbox({ label: "Text", value: "" })],
  uiArgs: { title: "Speak or write", sendInputOn: "submit" },
  concurrencyLimit: 10,
  timeLimit: 600,
});

await runExample(import.meta, stream);
