import type { VideoFrame } from "../media/video-frame.ts";
import type { Emission, HandlerSession, PictureReader } from "../session/peer-handler.ts";
import { askForInputs } from "./ask-for-inputs.ts";
import { attempt, unlessAborted } from "./attempt.ts";
import { emissionsOfValues } from "./emissions.ts";
import { type EmittedVideo, VIDEO } from "./emitted.ts";
import { iteratorOf, valuesOfCalls, valuesOfIterator } from "./emitted-values.ts";
import { DEFAULT_FPS, FramePacer } from "./frame-pacer.ts";
import type { VideoGenerator } from "./video-function.ts";
import { Wakeup } from "./wakeup.ts";

/**
 * Makes the pictures that a peer only receives: a generator, whose end ends the stream, or a function that is called for
 * each picture. A generator gets the additional inputs as they are when it begins, a function as they are at each call; both
 * begin once every input has a value, for which the peer is asked with `send_input` where one has no default. Pictures leave
 * 30 a second, or as many as a `VideoStreamHandler` says: each is asked for when it is its time.
 */
export type VideoSource<Inputs extends readonly unknown[] = readonly []> = (
  ...inputs: Inputs
) => VideoGenerator | EmittedVideo | void | Promise<EmittedVideo | void>;

/** Runs a source of pictures as a handler. */
export function videoSourceHandler(
  source: (...inputs: readonly unknown[]) => unknown,
  fps: number = DEFAULT_FPS,
): PictureReader {
  return {
    startUp: askForInputs,
    async *video(_frames, session): AsyncGenerator<Emission<VideoFrame>, void, undefined> {
      const pacer = new FramePacer({ fps, clock: session.clock, wakeup: new Wakeup(session.clock, session.signal) });
      yield* emissionsOfValues(valuesOfSource(source, session, pacer), {
        session,
        kind: VIDEO,
        before: (picture) => {
          const dueMs = pacer.use();
          return picture.timestampUs === undefined ? picture.withTimestamp(dueMs * 1000) : picture;
        },
        rest: () => pacer.use(),
      });
    },
  };
}

async function* valuesOfSource(
  source: (...inputs: readonly unknown[]) => unknown,
  session: HandlerSession,
  pacer: FramePacer,
): AsyncGenerator<unknown, void, undefined> {
  const { inputs, signal } = session;
  const ready = (): Promise<number> => pacer.ready();
  const first = await unlessAborted(
    attempt(session, () => inputs.wait(signal)),
    signal,
  );
  if (!first) return;
  await ready();
  const result = await unlessAborted(
    attempt(session, () => source(...first)),
    signal,
  );
  const iterator = iteratorOf(result);
  if (iterator) {
    yield* valuesOfIterator(iterator, session, ready);
    return;
  }
  yield result;
  const call = async (): Promise<unknown> => {
    await ready();
    return source(...(inputs.latest ?? first));
  };
  yield* valuesOfCalls(call, session);
}
