import { AudioFrame, getCurrentContext, ReplyOnPause, Stream } from "fastrtc";

/** A second of a soft tone, so that callers know that somebody is there. */
function* greeting(): Generator<AudioFrame, void, undefined> {
  const sampleRate = 8000; // What a telephone carries.
  const samples = Int16Array.from(
    { length: sampleRate },
    (_, index) => 4000 * Math.sin((2 * Math.PI * 440 * index) / sampleRate),
  );
  yield new AudioFrame({ samples, sampleRate });
}

/** Answers the telephone, and browsers as well, and says again what it heard. */
const stream = new Stream({
  handler: new ReplyOnPause((audio) => audio, {
    startupFn: () => {
      console.log(`A call by ${getCurrentContext().transport}.`);
      return greeting();
    },
  }),
  modality: "audio",
  mode: "send-receive",
  uiArgs: { title: "Call me" },
  concurrencyLimit: 20, // Calls at a time.
  timeLimit: 900, // Seconds for each.
  // Nobody but Twilio may ring: set TWILIO_AUTH_TOKEN to your account's token before the number is public.
});

export default stream;
