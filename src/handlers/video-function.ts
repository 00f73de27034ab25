import type { VideoFrame } from "../media/video-frame.ts";
import type { Mode } from "../session/modality.ts";
import type { Emission, HandlerSession, PictureReader } from "../session/peer-handler.ts";
import { askForInputs } from "./ask-for-inputs.ts";
import { attempt } from "./attempt.ts";
import { emissionsOfValues } from "./emissions.ts";
import { type EmittedVideo, VIDEO } from "./emitted.ts";
import { iteratorOf, valuesOfIterator } from "./emitted-values.ts";
import { DEFAULT_FPS, FramePacer } from "./frame-pacer.ts";
import { FrameRateCap } from "./frame-rate-cap.ts";
import { Wakeup } from "./wakeup.ts";

/** What a generator of pictures gives, one by one. */
export type VideoGenerator =
  | Generator<EmittedVideo | void, unknown, undefined>
  | AsyncGenerator<EmittedVideo | void, unknown, undefined>;

/**
 * Turns a picture and the additional inputs into what is sent back: a picture, `[picture, new AdditionalOutputs(...)]`,
 * `[picture, new CloseStream()]`, one of these alone, or null for nothing; at once, by a promise, or several one after
 * the other from a generator. While it works only the newest picture waits: a slow function lowers the frame rate and
 * nothing else. In mode "send" nothing is sent back: the pictures that it gives are ignored, what it gives beside them is not.
 *
 * As in FastRTC it is called once every additional input has a value. Where one has no default the peer is asked with
 * `send_input` when it connects, and its pictures go back unchanged until the values are set.
 */
export type VideoFunction<Inputs extends readonly unknown[] = readonly []> = (
  frame: VideoFrame,
  ...inputs: Inputs
) => EmittedVideo | void | Promise<EmittedVideo | void> | VideoGenerator;

type AnyVideoFunction = (frame: VideoFrame, ...inputs: readonly unknown[]) => unknown;

/** How pictures come to a function. */
export interface FrameFlow {
  /** Pictures a second at most, above 0. @default any number; 30 from a generator */
  readonly fps?: number | undefined;
  /** How many wait while it is busy. @default 1 */
  readonly capacity?: number | undefined;
}

/** Runs a function as a handler: one call a picture; an error costs that picture alone. */
export function videoFunctionHandler(
  callback: AnyVideoFunction,
  mode: Exclude<Mode, "receive">,
  { fps, capacity }: FrameFlow = {},
): PictureReader {
  const givesMedia = mode === "send-receive";

  /** What becomes of one picture. */
  async function* answers(
    frame: VideoFrame,
    session: HandlerSession,
    wakeup: Wakeup,
  ): AsyncGenerator<Emission<VideoFrame>> {
    const inputs = session.inputs.latest;
    if (!inputs) {
      if (givesMedia) yield frame;
      return;
    }
    const result = await attempt(session, () => callback(frame, ...inputs));
    const iterator = iteratorOf(result);
    const timed = (picture: VideoFrame): VideoFrame =>
      picture.timestampUs === undefined ? picture.withTimestamp(frame.timestampUs) : picture;
    const options = { session, kind: VIDEO, givesMedia, before: timed, rest: () => undefined };
    if (!iterator) {
      yield* emissionsOfValues([result], options);
      return;
    }
    // Its first picture leaves at once, those after it in their time: it may be endless.
    const pacer = new FramePacer({ fps: fps ?? DEFAULT_FPS, clock: session.clock, wakeup });
    yield* emissionsOfValues(valuesOfIterator(iterator, session), {
      ...options,
      before: async (picture) => {
        await pacer.ready();
        pacer.use();
        return timed(picture);
      },
      rest: async () => {
        await pacer.ready();
        pacer.use();
      },
    });
  }

  return {
    ...(capacity === undefined ? {} : { videoCapacity: capacity }),
    startUp: askForInputs,
    async *video(frames: AsyncIterable<VideoFrame>, session: HandlerSession): AsyncGenerator<Emission<VideoFrame>> {
      const wakeup = new Wakeup(session.clock, session.signal);
      const cap = fps === undefined ? undefined : new FrameRateCap(fps);
      for await (const frame of frames) {
        try {
          const { timestampUs } = frame;
          const timeMs = timestampUs === undefined ? session.clock.nowMs() : timestampUs / 1000;
          if (!cap || cap.admits(timeMs)) yield* answers(frame, session, wakeup);
        } finally {
          frame.release();
        }
      }
    },
  };
}
