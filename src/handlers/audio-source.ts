import { FastRtcError } from "../errors.ts";
import type { AudioFrame } from "../media/audio-frame.ts";
import type { Emission, HandlerSession, PeerHandler } from "../session/peer-handler.ts";
import { askForInputs } from "./ask-for-inputs.ts";
import { attempt, unlessAborted } from "./attempt.ts";
import { emissionsOfValues } from "./emissions.ts";
import { AUDIO, describe, type EmittedAudio } from "./emitted.ts";
import { type EmittingIterator, iteratorOf, valuesOfIterator } from "./emitted-values.ts";
import { Wakeup } from "./wakeup.ts";

/**
 * Makes the sound that a peer only receives: a generator, whose end ends the stream once all of it has been played. It
 * begins once every additional input has a value, for which the peer is asked with `send_input` where one has no default. It
 * may give sound faster than it plays: while more than a second waits, it is not called.
 */
export type AudioSource<Inputs extends readonly unknown[] = readonly []> = (
  ...inputs: Inputs
) => Generator<EmittedAudio | void, unknown, undefined> | AsyncGenerator<EmittedAudio | void, unknown, undefined>;

/** Runs a source of sound as a handler. */
export function audioSourceHandler(source: (...inputs: readonly unknown[]) => unknown): PeerHandler {
  return {
    startUp: askForInputs,
    async *audio(_frames, session): AsyncGenerator<Emission<AudioFrame>, void, undefined> {
      const wakeup = new Wakeup(session.clock, session.signal);
      yield* emissionsOfValues(valuesOfSource(source, session), { session, kind: AUDIO, rest: () => wakeup.rest() });
    },
  };
}

async function* valuesOfSource(
  source: (...inputs: readonly unknown[]) => unknown,
  session: HandlerSession,
): AsyncGenerator<unknown, void, undefined> {
  const { signal } = session;
  const iterator = await unlessAborted(
    attempt(session, async () => begin(await source(...(await session.inputs.wait(signal))))),
    signal,
  );
  if (iterator) yield* valuesOfIterator(iterator, session);
}

function begin(result: unknown): EmittingIterator {
  const iterator = iteratorOf(result);
  if (iterator) return iterator;
  throw new FastRtcError(
    "invalid_argument",
    `The handler gave ${describe(result)}. In mode 'receive' it is a generator: function* () { yield [sampleRate, samples]; }`,
  );
}
