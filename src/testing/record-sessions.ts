import { join } from "node:path";
import type { Clock } from "../async/clock.ts";
import { FastRtcError } from "../errors.ts";
import type { Logger } from "../session/logger.ts";
import { peersOf } from "../session/peers.ts";
import { SessionRecorder } from "./session-recorder.ts";

/** What `recordSessions` takes. */
export interface RecordSessionsOptions {
  /** Where each peer's recording becomes a folder of its own. */
  folder: string;
  /** Whether pictures are recorded: 14 MB a second for 640x480 at 30 pictures. @default true */
  video?: boolean;
  /** What comes after these seconds is left out. @default 600 */
  maxSeconds?: number;
  /** Where a disk that cannot be written to is reported. @default the console */
  logger?: Logger;
}

/** Recordings that go on until they are disposed of. */
export interface SessionRecordings extends AsyncDisposable {
  /** The folders of the recordings so far. */
  readonly folders: readonly string[];
}

/**
 * Records what every peer of a Stream does from now on, each in a folder of its own, for `readRecording` and `peer.replay`: sound as
 * `audio.wav`, pictures as `video.y4m`, and when it all came as `session.jsonl`. These are people's voices and faces: ask them, and keep the
 * folder to yourself.
 * @throws {FastRtcError} `invalid_option` when `maxSeconds` is no number above 0.
 */
export function recordSessions(
  stream: object,
  { folder, video = true, maxSeconds = 600, logger = console }: RecordSessionsOptions,
): SessionRecordings {
  if (!(maxSeconds > 0)) throw new FastRtcError("invalid_option", `maxSeconds is a number above 0, not ${maxSeconds}.`);
  const folders: string[] = [];
  const recorders = new Set<SessionRecorder>();
  const stop = peersOf(stream).onSession((session) => {
    const own = join(folder, folderName(session.id, session.clock, folders.length + 1));
    folders.push(own);
    const recorder: SessionRecorder = new SessionRecorder({
      folder: own,
      clock: session.clock,
      video,
      maxSeconds,
      onDone: () => recorders.delete(recorder),
      onFailure: (error) => logger.error(`the recording in ${own} has ended:`, error),
    });
    recorders.add(recorder);
    return recorder;
  });
  return {
    folders,
    async [Symbol.asyncDispose]() {
      stop();
      await Promise.all([...recorders].map((recorder) => recorder.close()));
    },
  };
}

/** Ids come from the network; of theirs only what is harmless in a path is kept. */
function folderName(id: string, clock: Clock, count: number): string {
  const time = new Date(clock.wallMs()).toISOString().replaceAll(":", "-");
  return `${time}-${count}-${id.replaceAll(/[^A-Za-z0-9_-]/g, "").slice(0, 40)}`;
}
