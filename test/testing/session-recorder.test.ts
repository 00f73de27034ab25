import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { VideoFrame } from "../../src/media/video-frame.ts";
import { SessionRecorder } from "../../src/testing/session-recorder.ts";
import { readRecording } from "../../src/testing/session-recording.ts";
import { ManualClock } from "../support/manual-clock.ts";

test("pictures keep their times when the disk cannot keep up for a while, and the end is told when all is written", async () => {
  const folder = await mkdtemp(join(tmpdir(), "fastrtc-recorder-"));
  try {
    const clock = new ManualClock();
    const failures: Error[] = [];
    let isDone = (): void => {};
    const done = new Promise<void>((resolve) => (isDone = resolve));
    const recorder = new SessionRecorder({
      folder,
      clock,
      video: true,
      maxSeconds: 60,
      maxWaitingBytes: 63_000,
      onFailure: (error) => failures.push(error),
      onDone: isDone,
    });
    // 6 kB each, without a turn of the event loop in between: after ten of them there is room for one more.
    const picture = (luma: number): VideoFrame =>
      VideoFrame.from(new Uint8Array(64 * 64).fill(luma), { format: "gray8", width: 64, height: 64 });
    const lumaOf = (frame: VideoFrame): number | undefined => frame.to("i420")[0];
    for (let count = 0; count < 14; count += 1) {
      recorder.videoFrame(picture(count + 1));
      clock.advance(10);
    }
    while (recorder.waitingBytes > 0) await new Promise((resolve) => setImmediate(resolve));
    recorder.videoFrame(picture(200));
    recorder.ended("peer-left");
    await done;
    const { events } = await readRecording(folder);
    const seen = events.map((event) =>
      event.type === "video" ? [event.atMs, lumaOf(event.frame)] : [event.atMs, event.type],
    );
    expect([seen, failures]).toEqual([
      [
        ...Array.from({ length: 11 }, (_, count) => [count * 10, lumaOf(picture(count + 1))]),
        [140, lumaOf(picture(200))],
        [140, "end"],
      ],
      [],
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
