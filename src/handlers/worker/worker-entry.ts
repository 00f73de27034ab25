// What runs in the worker of a WorkerHandler: the module's handler, and a session that stands for the one on the main thread.
import { parentPort, workerData } from "node:worker_threads";
import { systemClock } from "../../async/clock.ts";
import { FastRtcError, invariant, toError } from "../../errors.ts";
import { FramePool } from "../../media/frame-pool.ts";
import type { VideoFrame } from "../../media/video-frame.ts";
import { AdditionalOutputs } from "../../session/additional-outputs.ts";
import { CloseStream } from "../../session/close-stream.ts";
import { runInSession } from "../../session/context.ts";
import type { Emission, HandlerSession, PictureReader } from "../../session/peer-handler.ts";
import { Playback } from "../../session/playback.ts";
import { SessionInputs } from "../../session/session-inputs.ts";
import { videoFunctionHandler } from "../video-function.ts";
import { videoSourceHandler } from "../video-source.ts";
import { VideoStreamHandler } from "../video-stream-handler.ts";
import { readSharedPicture, type SharedPicture, SharedPictureSlot } from "./shared-picture.ts";
import { type FromWorker, shareError, type ToWorker, type WorkerStart } from "./worker-messages.ts";

invariant(parentPort, "this module runs in a worker");
const port = parentPort;
const start = workerData as WorkerStart;
const abort = new AbortController();
const inputs = new SessionInputs(start.inputs);
const pool = new FramePool();
const slot = new SharedPictureSlot();
let onPicture: ((picture: SharedPicture | null) => void) | undefined;
let onTaken: (() => void) | undefined;

const say = (message: FromWorker): void => port.postMessage(message);

const session: HandlerSession = {
  id: start.webrtcId,
  context: {
    webrtcId: start.webrtcId,
    transport: start.transport,
    headers: new Headers(start.headers.map(([name, value]): [string, string] => [name, value])),
    identity: start.identity,
    signal: abort.signal,
  },
  phoneMode: start.transport === "telephone",
  inputs,
  clock: systemClock,
  signal: abort.signal,
  reportError: (error) => say({ type: "error", error: shareError(error) }),
  sendMessage: (message) => say({ type: "message", message }),
  playback: new Playback(systemClock),
  clearQueue: () => undefined, // There is no sound here.
};

port.on("message", (message: ToWorker) => {
  switch (message.type) {
    case "picture":
      onPicture?.(message.picture);
      break;
    case "taken":
      onTaken?.();
      break;
    case "inputs":
      inputs.set(message.values);
      break;
    case "abort":
      abort.abort(message.reason);
      onPicture?.(null);
      onTaken?.();
      break;
  }
});

const handler = await loadHandler().catch((thrown: unknown) => {
  say({ type: "unusable", error: shareError(toError(thrown)) });
});
if (handler) await runInSession(session, () => run(handler));
port.close();

async function loadHandler(): Promise<PictureReader> {
  const { default: exported } = (await import(start.module)) as { readonly default?: unknown };
  const [callable, flow] =
    exported instanceof VideoStreamHandler ? [exported.callable, { fps: exported.fps }] : [exported, {}];
  if (typeof callable !== "function") {
    throw new FastRtcError(
      "invalid_argument",
      `${start.module} has no handler: let its default export be a function of pictures, or a VideoStreamHandler.`,
    );
  }
  if (exported instanceof VideoStreamHandler) say({ type: "loaded", capacity: exported.capacity });
  const call = callable as (...args: readonly unknown[]) => unknown;
  return start.mode === "receive" ? videoSourceHandler(call, flow.fps) : videoFunctionHandler(call, start.mode, flow);
}

async function run(peerHandler: PictureReader): Promise<void> {
  try {
    await peerHandler.startUp?.(session);
    for await (const emission of peerHandler.video(pictures(), session)) {
      const taken = new Promise<void>((resolve) => (onTaken = resolve));
      if (!emit(emission)) continue;
      await taken;
    }
  } catch (thrown) {
    session.reportError(toError(thrown));
  }
  say({ type: "ended" });
}

/** Hands an emission over; false when it cannot leave this thread. */
function emit(emission: Emission<VideoFrame>): boolean {
  try {
    if (emission instanceof AdditionalOutputs) say({ type: "outputs", values: emission.args });
    else if (emission instanceof CloseStream) say({ type: "close-stream", message: emission.message });
    else say({ type: "picture", picture: slot.write(emission) });
    return true;
  } catch (thrown) {
    session.reportError(toError(thrown));
    return false;
  }
}

async function* pictures(): AsyncGenerator<VideoFrame, void, undefined> {
  for (;;) {
    const answer = new Promise<SharedPicture | null>((resolve) => (onPicture = resolve));
    say({ type: "pull" });
    const picture = await answer;
    if (!picture) return;
    yield readSharedPicture(picture, pool.lease());
  }
}
