import { FastRtcError } from "../errors.ts";

/** The two halves of the native library that this folder uses: FFmpeg's calls and FFmpeg's numbers. */
export interface Ffmpeg {
  readonly lib: typeof import("node-av/lib");
  readonly constants: typeof import("node-av/constants");
  /** What a codec returns that has nothing more to give for now. */
  readonly eagain: number;
}

let loading: Promise<Ffmpeg> | undefined;

/**
 * Loads FFmpeg when the first codec is made, and once: it takes about 0.1 s and 50 MB, which an application
 * without media should not pay. Call it at start to keep that time out of the first connection.
 *
 * @throws {FastRtcError} `codec_failed` when the machine has no build of the native library.
 */
export function loadFfmpeg(): Promise<Ffmpeg> {
  loading ??= importFfmpeg();
  return loading;
}

async function importFfmpeg(): Promise<Ffmpeg> {
  try {
    const [lib, constants] = await Promise.all([import("node-av/lib"), import("node-av/constants")]);
    // Broken input is expected from a network, and every failure reaches us as a return code too.
    lib.Log.setLevel(constants.AV_LOG_QUIET);
    return { lib, constants, eagain: lib.FFmpegError.AVERROR(lib.PosixError.EAGAIN) };
  } catch (cause) {
    throw new FastRtcError(
      "codec_failed",
      `The native codecs could not be loaded on ${process.platform}-${process.arch}. They come with the package ` +
        `node-av as an optional dependency per platform: install again without --omit=optional (and delete a ` +
        `node_modules that was copied from another machine).`,
      { cause },
    );
  }
}

/** Turns FFmpeg's negative return code into an error; other values pass. */
export function checkReturn({ lib }: Ffmpeg, returned: number, action: string): number {
  if (returned >= 0) return returned;
  throw new FastRtcError("codec_failed", `FFmpeg could not ${action}: ${lib.FFmpegError.strerror(returned)}.`);
}
