import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FastRtcError } from "../errors.ts";
import { AudioFrame, type AudioTuple } from "../media/audio-frame.ts";
import { writeWav } from "../media/wav.ts";
import { encodeMp3 } from "./mp3-encoder.ts";

/** How sound is written as a file: "mp3" is small, "wav" keeps every sample. */
export type AudioFileFormat = "mp3" | "wav";

/** What `audioToBytes` and `audioToFile` take besides the sound. */
export interface AudioFileOptions {
  /** @default "mp3" */
  format?: AudioFileFormat;
}

/**
 * A piece of sound as the bytes of a file, for services that take one: MP3, mono or stereo, at the nearest sample rate that MP3
 * has; or WAV, which is 16 bits for Int16 samples and 32-bit floating point for Float32 ones. An hour of speech as MP3 takes
 * about half a minute of a processor; others get their turn meanwhile.
 * @throws {FastRtcError} `invalid_argument` for what is no sound, has no samples, or for another format.
 */
export async function audioToBytes(
  audio: AudioFrame | AudioTuple,
  { format = "mp3" }: AudioFileOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const frame = AudioFrame.from(audio);
  if (frame.length === 0) {
    throw new FastRtcError("invalid_argument", "There is no sound to write: the audio has no samples.");
  }
  switch (format) {
    case "mp3":
      return encodeMp3(frame);
    case "wav":
      return writeWav(frame);
    default:
      throw new FastRtcError("invalid_argument", `The format of a file is "mp3" or "wav", not ${String(format)}.`);
  }
}

/**
 * Writes a piece of sound as a file of its own into the system's temporary folder, which nobody else on the machine may read,
 * and returns its path. It stays there until you delete it.
 * @throws {FastRtcError} `invalid_argument` as `audioToBytes`; what the file system says when it cannot be written.
 */
export async function audioToFile(
  audio: AudioFrame | AudioTuple,
  { format = "mp3" }: AudioFileOptions = {},
): Promise<string> {
  const bytes = await audioToBytes(audio, { format });
  const path = join(tmpdir(), `fastrtc-${randomUUID()}.${format}`);
  await writeFile(path, bytes, { flag: "wx", mode: 0o600 });
  return path;
}
