import { FastRtcError } from "../errors.ts";

type Library = typeof import("node-av/lib");

export type Codec = InstanceType<Library["Codec"]>;
export type CodecContext = InstanceType<Library["CodecContext"]>;
export type NativeFrame = InstanceType<Library["Frame"]>;
export type NativePacket = InstanceType<Library["Packet"]>;

/** The two halves of the native library that this folder uses: FFmpeg's calls and FFmpeg's numbers. */
export interface Ffmpeg {
  readonly lib: Library;
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
  loading ??= importFfmpeg(() => Promise.all([import("node-av/lib"), import("node-av/constants")]));
  return loading;
}

/** @internal `loadFfmpeg` without its memory, and with the import as an argument for tests. */
export async function importFfmpeg(
  load: () => Promise<[Library, typeof import("node-av/constants")]>,
): Promise<Ffmpeg> {
  try {
    const [lib, constants] = await load();
    // Broken input is expected from a network, and every failure reaches us as a return code too.
    lib.Log.setLevel(constants.AV_LOG_QUIET);
    return { lib, constants, eagain: lib.FFmpegError.AVERROR(lib.PosixError.EAGAIN) };
  } catch (cause) {
    throw new FastRtcError(
      "codec_failed",
      `The native codecs could not be loaded on ${process.platform}-${process.arch}. They come as an optional ` +
        "dependency of the package node-av, one per platform: install again on this machine, without --omit=optional.",
      { cause },
    );
  }
}

/** Turns FFmpeg's negative return code into an error; other values pass. */
export function checkReturn({ lib }: Ffmpeg, returned: number, action: string): number {
  if (returned >= 0) return returned;
  throw new FastRtcError("codec_failed", `FFmpeg could not ${action}: ${lib.FFmpegError.strerror(returned)}.`);
}
