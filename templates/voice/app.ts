import { ReplyOnPause, Stream } from "fastrtc";

/**
 * Called with what somebody said, once they pause; what it gives is played to them. This one says it again. In its place belong speech
 * to text, a language model and text to speech: getSttModel() and getTtsModel(), or any service. Spoken over, a reply falls silent.
 */
const stream = new Stream({
  handler: new ReplyOnPause((audio) => audio, {
    onEvent: (event) => console.log(event.type),
  }),
  modality: "audio",
  mode: "send-receive",
  uiArgs: { title: "Say something" },
  concurrencyLimit: 10, // Calls at a time; one more is refused with a message.
  timeLimit: 600, // Seconds for each.
});

export default stream;
