import type { EmittedAudio } from "../handlers/emitted.ts";
import type { AudioFrame } from "../media/audio-frame.ts";

/** What a reply gives: each thing that a StreamHandler's `emit` may give, one after the other, or just one of them. */
export type ReplyResult =
  | EmittedAudio
  | void
  | Iterator<EmittedAudio | void, unknown, undefined>
  | AsyncIterable<EmittedAudio | void>
  | Promise<EmittedAudio | void | AsyncIterable<EmittedAudio | void>>;

/**
 * Answers a turn: a generator, sync or async, or a function that returns sound. It is given what was said, 16 bits in the handler's
 * `inputSampleRate` and `expectedLayout` (`const [sampleRate, samples] = audio` takes it apart), and the additional inputs.
 */
export type ReplyFunction<Inputs extends readonly unknown[] = readonly unknown[]> = (
  audio: AudioFrame,
  ...inputs: Inputs
) => ReplyResult;

/** Speaks first, before anybody has said anything. */
export type StartupFunction<Inputs extends readonly unknown[] = readonly unknown[]> = (
  ...inputs: Inputs
) => ReplyResult;
