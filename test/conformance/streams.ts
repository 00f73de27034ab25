import { AdditionalOutputs, Stream, textbox, WorkerHandler, getCurrentContext } from "fastrtc";
import { AudioBoom, AudioCounter, AudioEcho, AudioVideoEcho, tone } from "./sound-handlers.ts";
import { testPictures } from "./test-picture.ts";
import { replyEcho, replyGuarded, replyLong, replyOnStopWord } from "./turn-handlers.ts";

/** How many peers a stream takes when nothing else is said. */
const LIMIT = 100;

/** A stream for every kind of handler, by its path. */
export function conformanceStreams(): ReadonlyMap<string, Stream> {
  // Pages of anywhere and clients without number are what it is for, as with FastRTC.
  const open = { concurrencyLimit: LIMIT, allowedOrigins: ["*"], rateLimits: null } as const;
  const video = { modality: "video", ...open } as const;
  const audio = { modality: "audio", ...open } as const;
  return new Map<string, Stream>([
    ["/flip", new Stream({ ...video, handler: (frame) => frame.flip("vertical") })],
    ["/video-same", new Stream({ ...video, handler: (frame) => frame })],
    ["/video-receive", new Stream({ ...video, mode: "receive", handler: () => testPictures(300) })],
    ["/video-send", new Stream({ ...video, mode: "send", handler: countFrames() })],
    ["/audio-echo", new Stream({ ...audio, handler: new AudioEcho(24_000) })],
    ["/audio-echo-8k", new Stream({ ...audio, handler: new AudioEcho(8000), concurrencyLimit: 2000 })],
    ["/audio-limit2", new Stream({ ...audio, handler: new AudioEcho(8000), concurrencyLimit: 2 })],
    ["/audio-receive", new Stream({ ...audio, mode: "receive", handler: () => tone(440, 3) })],
    ["/audio-send", new Stream({ ...audio, mode: "send", handler: new AudioCounter() })],
    ["/av-echo", new Stream({ modality: "audio-video", handler: new AudioVideoEcho(), ...open })],
    [
      "/inputs",
      new Stream({
        ...video,
        additionalInputs: [textbox({ label: "Text", value: "" })],
        handler: (frame, text) => [frame.caption(text || "no input yet"), new AdditionalOutputs(text)],
      }),
    ],
    ["/boom", new Stream({ ...video, handler: boom })],
    ["/audio-boom", new Stream({ ...audio, handler: new AudioBoom() })],
    ["/reply-echo", new Stream({ ...audio, handler: replyEcho })],
    ["/reply-long", new Stream({ ...audio, handler: replyLong })],
    ["/reply-guarded", new Stream({ ...audio, handler: replyGuarded })],
    ["/stopword", new Stream({ ...audio, handler: replyOnStopWord })],
    ["/slow", new Stream({ ...video, handler: new WorkerHandler(new URL("./slow-handler.ts", import.meta.url)) })],
    ["/limit2", new Stream({ ...video, handler: (frame) => frame.flip("vertical"), concurrencyLimit: 2 })],
    ["/time5", new Stream({ ...video, handler: (frame) => frame.flip("vertical"), timeLimit: 5 })],
  ]);
}

/** Tells every peer how many of its own pictures have come. */
function countFrames(): () => AdditionalOutputs {
  const counts = new WeakMap<object, number>();
  return () => {
    const context = getCurrentContext();
    const count = (counts.get(context) ?? 0) + 1;
    counts.set(context, count);
    return new AdditionalOutputs(count);
  };
}

function boom(): never {
  throw new Error("This handler throws on every picture.");
}
