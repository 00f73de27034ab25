import { slider, Stream } from "fastrtc";

/** Called with every picture of the camera, and the slider's value; what it returns is sent back. */
const stream = new Stream({
  handler: (frame, size) => frame.flip("horizontal").caption("Hello from FastRTC!", { size }),
  modality: "video",
  mode: "send-receive",
  additionalInputs: [slider({ label: "Size of the letters", minimum: 12, maximum: 72, step: 1, value: 28 })],
  uiArgs: { title: "My first video stream" },
  concurrencyLimit: 10, // Calls at a time; one more is refused with a message.
  timeLimit: 600, // Seconds for each.
});

export default stream;
