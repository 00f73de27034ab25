import { FastRtcError } from "../errors.ts";
import { AudioFrame, type AudioTuple } from "../media/audio-frame.ts";
import { VideoFrame } from "../media/video-frame.ts";
import { AdditionalOutputs } from "../session/additional-outputs.ts";
import { CloseStream } from "../session/close-stream.ts";
import type { Emission } from "../session/peer-handler.ts";

/** What a handler may give besides media: values for the application, or the end of the stream. */
type Beside = AdditionalOutputs | CloseStream;

/** What a handler of pictures may give: a picture, something beside it, both, or nothing. */
export type EmittedVideo = VideoFrame | readonly [VideoFrame, Beside] | Beside | null | undefined;

/** Sound as a handler may give it: `[sampleRate, samples]`, `[sampleRate, samples, layout]` or an AudioFrame. */
export type EmittedSound = AudioFrame | AudioTuple;

/** What a handler of sound may give: sound, something beside it, both, or nothing. */
export type EmittedAudio = EmittedSound | readonly [EmittedSound, Beside] | Beside | null | undefined;

/** One kind of media as handlers give it. */
export interface MediaKind<Media> {
  /**
   * The medium in a value; null when there is nothing in it, undefined when it is none.
   * @throws {FastRtcError} `invalid_argument` when it is a bad one.
   */
  parse(value: unknown): Media | null | undefined;
  /** What a handler should give instead, as a sentence. */
  readonly advice: string;
}

export const VIDEO: MediaKind<VideoFrame> = {
  parse: (value) => (value instanceof VideoFrame ? value : undefined),
  advice:
    'Give a VideoFrame, for example frame.flip("vertical") or VideoFrame.from(pixels, { format, width, height }), ' +
    "or null to send nothing.",
};

/** The lowest sample rate that can be given another. */
const LOWEST_RATE = 1000;

export const AUDIO: MediaKind<AudioFrame> = {
  parse(value) {
    if (!(value instanceof AudioFrame) && !(Array.isArray(value) && typeof value[0] === "number")) return undefined;
    const frame = AudioFrame.from(value as AudioFrame | AudioTuple);
    if (frame.sampleRate < LOWEST_RATE) {
      throw new FastRtcError(
        "invalid_argument",
        `Sound has at least ${LOWEST_RATE} samples a second, but not ${frame.sampleRate}.`,
      );
    }
    return frame.length > 0 ? frame : null;
  },
  advice: "Give [sampleRate, samples] with an Int16Array or Float32Array, an AudioFrame, or null to send nothing.",
};

/**
 * What a session makes of one thing that a handler gave: nothing, one emission, or two. Values come before the medium that
 * they were given with, the end of the stream after it.
 * @throws {FastRtcError} `invalid_argument` for what no handler of this kind may give.
 */
export function emissionsOf<Media>(emitted: unknown, kind: MediaKind<Media>): readonly Emission<Media>[] {
  if (emitted === null || emitted === undefined) return [];
  if (isBeside(emitted)) return [emitted];
  const media = kind.parse(emitted);
  if (media !== undefined) return media === null ? [] : [media];
  if (Array.isArray(emitted) && emitted.length === 2 && isBeside(emitted[1])) {
    const [first, beside] = emitted as [unknown, Beside];
    const before = emissionsOf(first, kind);
    return beside instanceof CloseStream ? [...before, beside] : [beside, ...before];
  }
  throw new FastRtcError("invalid_argument", `The handler gave ${describe(emitted)}. ${kind.advice}`);
}

function isBeside(value: unknown): value is Beside {
  return value instanceof AdditionalOutputs || value instanceof CloseStream;
}

/** What a value is, for a sentence. */
export function describe(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "function") return isClass(value) ? `the class ${value.name}` : "a function";
  if (typeof value !== "object") return value === undefined ? "undefined" : `a ${typeof value}`;
  if (value === null) return "null";
  return `an object of class ${value.constructor?.name ?? "unknown"}`;
}

/** Whether a function is a class, which has to be called with `new`. */
export function isClass(value: unknown): value is new () => unknown {
  return typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));
}
