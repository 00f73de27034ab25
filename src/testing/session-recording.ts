import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { FastRtcError, toError } from "../errors.ts";
import { AudioFrame } from "../media/audio-frame.ts";
import type { VideoFrame } from "../media/video-frame.ts";
import { parseWav } from "../media/wav.ts";
import { parseY4m } from "./y4m.ts";

/** The files of a recording's folder. */
export const RECORDING_FILES = { events: "session.jsonl", audio: "audio.wav", video: "video.y4m" } as const;

/** Something that a recorded peer did. */
export type RecordedEvent = { readonly atMs: number } & (
  | { readonly type: "audio"; readonly frame: AudioFrame }
  | { readonly type: "video"; readonly frame: VideoFrame }
  | { readonly type: "message"; readonly text: string }
  | { readonly type: "inputs"; readonly values: readonly unknown[] }
  | { readonly type: "end"; readonly reason: string }
);

/** What one peer did, by the time since it was connected, in milliseconds. */
export interface SessionRecording {
  readonly events: readonly RecordedEvent[];
}

const atMs = z.number().nonnegative();
const lineSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("recording"), version: z.literal(1) }),
  z.object({ type: z.literal("audio"), atMs, samples: z.int().positive() }),
  z.object({ type: z.literal("video"), atMs }),
  z.object({ type: z.literal("message"), atMs, text: z.string() }),
  z.object({ type: z.literal("inputs"), atMs, values: z.array(z.unknown()) }),
  z.object({ type: z.literal("end"), atMs, reason: z.string() }),
]);

/**
 * Reads a recording that `recordSessions` made. All of it is in memory then: 0.1 MB a second of sound, 14 MB a second of pictures
 * of 640x480.
 * @param folder The recording's own folder, with `session.jsonl` in it.
 * @throws {FastRtcError} `invalid_argument` for what is no recording.
 */
export async function readRecording(folder: string): Promise<SessionRecording> {
  const lines = (await readPart(folder, RECORDING_FILES.events, true))?.toString("utf8").split("\n") ?? [];
  const [audioFile, videoFile] = await Promise.all([
    readPart(folder, RECORDING_FILES.audio, false),
    readPart(folder, RECORDING_FILES.video, false),
  ]);
  const audio = audioFile && parseWav(audioFile);
  const pictures = videoFile ? parseY4m(videoFile).frames : [];
  let sampleAt = 0;
  let pictureAt = 0;
  const events: RecordedEvent[] = [];
  // A recording that was cut off has a last line without its end, and may have less sound and fewer pictures than lines.
  for (const [index, line] of lines.slice(0, -1).entries()) {
    const event = parseLine(line, index + 1);
    if (event.type === "recording") continue;
    if (event.type === "audio") {
      if (!audio) continue;
      const length = event.samples * audio.channels;
      const samples = audio.samples.subarray(sampleAt, sampleAt + length);
      sampleAt += length;
      if (samples.length < length) continue;
      const { sampleRate, channels } = audio;
      events.push({ type: "audio", atMs: event.atMs, frame: new AudioFrame({ samples, sampleRate, channels }) });
    } else if (event.type === "video") {
      const frame = pictures[pictureAt];
      pictureAt += 1;
      if (frame) events.push({ type: "video", atMs: event.atMs, frame });
    } else {
      events.push(event);
    }
  }
  return { events };
}

function parseLine(line: string, number: number): z.output<typeof lineSchema> {
  const place = `Line ${number} of ${RECORDING_FILES.events}`;
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (thrown) {
    throw new FastRtcError("invalid_argument", `${place} is not JSON.`, { cause: thrown });
  }
  const parsed = lineSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new FastRtcError("invalid_argument", `${place} is none of a recording:\n${z.prettifyError(parsed.error)}`);
}

async function readPart(folder: string, name: string, required: boolean): Promise<Buffer | undefined> {
  try {
    return await readFile(join(folder, name));
  } catch (thrown) {
    const error: NodeJS.ErrnoException = toError(thrown);
    if (error.code !== "ENOENT") throw error;
    if (!required) return undefined;
    throw new FastRtcError("invalid_argument", `There is no recording in ${folder}: it has no ${name}.`, {
      cause: error,
    });
  }
}
