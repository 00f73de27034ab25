import { FastRtcError, toError } from "../errors.ts";
import { VideoFrame } from "../media/video-frame.ts";
import type { HandlerSession, PeerHandler } from "../session/peer-handler.ts";

/**
 * Turns a picture into the one that is sent back, at once or by a promise. `null` or `undefined` sends nothing for it.
 * While it works only the newest picture waits: a slow function lowers the frame rate and nothing else.
 */
export type VideoFunction = (
  frame: VideoFrame,
) => VideoFrame | null | undefined | Promise<VideoFrame | null | undefined>;

/** Runs a function as a handler: one call a picture; an error costs that picture alone. */
export function videoFunctionHandler(callback: VideoFunction): PeerHandler {
  return {
    async *video(frames: AsyncIterable<VideoFrame>, session: HandlerSession): AsyncGenerator<VideoFrame> {
      for await (const frame of frames) {
        try {
          const result = await call(callback, frame, session);
          if (result && !session.signal.aborted) yield result;
        } finally {
          frame.release();
        }
      }
    },
  };
}

async function call(
  callback: VideoFunction,
  frame: VideoFrame,
  session: HandlerSession,
): Promise<VideoFrame | undefined> {
  try {
    const result: unknown = await callback(frame);
    if (result === null || result === undefined) return undefined;
    if (result instanceof VideoFrame)
      return result.timestampUs === undefined ? result.withTimestamp(frame.timestampUs) : result;
    throw new FastRtcError(
      "invalid_argument",
      `The handler returned ${describe(result)}. Return a VideoFrame, for example frame.flip("vertical") or ` +
        `VideoFrame.from(pixels, { format, width, height }), or null to send nothing.`,
    );
  } catch (thrown) {
    session.reportError(toError(thrown));
    return undefined;
  }
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return `an object of class ${value?.constructor?.name ?? "unknown"}`;
  return `a ${typeof value}`;
}
