import { FastRtcError } from "../errors.ts";
import { i420ByteLength, i420Planes } from "../media/i420.ts";
import { assertPictureSize } from "../media/pixel-format.ts";
import { VideoFrame } from "../media/video-frame.ts";

/** A video without compression. */
export interface Y4mVideo {
  /** Pictures per second. */
  readonly fps: number;
  readonly frames: readonly VideoFrame[];
}

const MAGIC = "YUV4MPEG2";

/**
 * Reads a video of the Y4M format (YUV4MPEG2) with 4:2:0 pictures, as `ffmpeg -i video.mp4 -pix_fmt yuv420p video.y4m` writes them.
 * The pictures share the file's memory.
 * @throws {FastRtcError} `invalid_argument` for anything else; a last picture that was cut off is left out.
 */
export function parseY4m(file: Uint8Array): Y4mVideo {
  const header = lineAt(file, 0);
  const parameters = new Map(header.text.split(" ").map((word) => [word.slice(0, 1), word.slice(1)]));
  if (!header.text.startsWith(`${MAGIC} `)) throw invalid(`This is not a Y4M file: it does not begin with ${MAGIC}.`);
  const width = Number(parameters.get("W"));
  const height = Number(parameters.get("H"));
  const [frames = Number.NaN, seconds = 1] = (parameters.get("F") ?? "").split(":").map(Number);
  const chroma = parameters.get("C") ?? "420";
  if (!(frames / seconds > 0)) throw invalid("This Y4M file does not say how many pictures a second it has.");
  if (!/^420(jpeg|mpeg2|paldv)?$/.test(chroma)) {
    throw invalid(`Y4M files with 4:2:0 pictures of 8 bits are read, but not with C${chroma}.`);
  }
  assertPictureSize(width, height);
  const fps = frames / seconds;
  const byteLength = i420ByteLength(width, height);
  const pictures: VideoFrame[] = [];
  for (let at = header.end; at < file.length;) {
    const line = lineAt(file, at);
    if (!line.text.startsWith("FRAME"))
      throw invalid(`Picture ${pictures.length} of this Y4M file does not begin with FRAME.`);
    if (line.end + byteLength > file.length) break;
    const planes = i420Planes(file.subarray(line.end, line.end + byteLength), width, height);
    const timestampUs = Math.round((pictures.length * 1_000_000) / fps);
    pictures.push(new VideoFrame({ planes, width, height, timestampUs }));
    at = line.end + byteLength;
  }
  return { fps, frames: pictures };
}

/** The line that begins a Y4M file of pictures of this size. */
export function y4mHeader({ width, height, fps }: { width: number; height: number; fps: number }): string {
  return `${MAGIC} W${width} H${height} F${Math.round(fps * 1000)}:1000 Ip A1:1 C420jpeg\n`;
}

/** The line before each picture of a Y4M file. */
export const Y4M_FRAME = "FRAME\n";

/** The longest line that is looked for, in bytes. */
const MAX_LINE = 512;

function lineAt(file: Uint8Array, at: number): { readonly text: string; readonly end: number } {
  const newline = file.subarray(at, at + MAX_LINE).indexOf(10);
  if (newline === -1) throw invalid("This is not a Y4M file: one of its lines does not end.");
  return { text: String.fromCharCode(...file.subarray(at, at + newline)), end: at + newline + 1 };
}

function invalid(message: string): FastRtcError {
  return new FastRtcError("invalid_argument", message);
}
