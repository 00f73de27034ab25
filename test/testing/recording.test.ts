import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AudioFrame, AudioVideoStreamHandler, Stream, VideoFrame, slider } from "../../src/index.ts";
import { connectPeer, readRecording, recordSessions, tone } from "../../src/testing/index.ts";
import { RecordingLogger } from "../support/recording-logger.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fastrtc-recording-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Sends back what it sees and hears, louder by its input. */
class Mirror extends AudioVideoStreamHandler<[gain: number]> {
  readonly #heard: AudioFrame[] = [];
  readonly #seen: VideoFrame[] = [];
  receive(frame: AudioFrame): void {
    this.#heard.push(frame);
  }
  emit(): readonly [number, Int16Array] | null {
    const frame = this.#heard.shift();
    const gain = this.latestArgs[0] ?? 1;
    return frame ? [frame.sampleRate, frame.toInt16().map((sample) => sample * gain)] : null;
  }
  videoReceive(frame: VideoFrame): void {
    this.#seen.push(frame.clone());
  }
  videoEmit(): VideoFrame | null {
    return this.#seen.shift() ?? null;
  }
  copy(): Mirror {
    return new Mirror();
  }
}

function mirrorStream() {
  return new Stream({
    handler: new Mirror(),
    modality: "audio-video",
    additionalInputs: [slider({ minimum: 1, maximum: 4, value: 1 })],
    concurrencyLimit: 4,
    logger: new RecordingLogger(),
  });
}

function picture(luma: number): VideoFrame {
  return VideoFrame.from(new Uint8Array(64 * 48 * 3).fill(luma), { format: "rgb24", width: 64, height: 48 });
}

describe("recordSessions", () => {
  it("records what a peer does, so that it can be done again with the same result", async () => {
    const stream = mirrorStream();
    const recordings = recordSessions(stream, { folder });
    const first = await connectPeer(stream);
    await first.sendAudio(tone({ frequencyHz: 300, durationMs: 200, amplitude: 0.2 }));
    await first.setInput(2);
    await Promise.all([
      first.sendAudio(tone({ frequencyHz: 600, durationMs: 200, amplitude: 0.2 })),
      first.sendVideo([picture(50), picture(150)], { fps: 10 }),
    ]);
    first.sendMessage("bye");
    await first.leave();
    await recordings[Symbol.asyncDispose]();

    expect(recordings.folders).toHaveLength(1);
    const recording = await readRecording(recordings.folders[0] ?? "");
    const counts: Record<string, number> = {};
    for (const { type } of recording.events) counts[type] = (counts[type] ?? 0) + 1;
    expect(counts).toEqual({ audio: 20, video: 2, inputs: 1, message: 1, end: 1 });

    await using second = await connectPeer(stream);
    await second.replay(recording);
    expect(second.heard.between(0, 400).samples).toEqual(first.heard.between(0, 400).samples);
    expect(second.seen.map(({ atMs, value }) => ({ atMs, luma: value.to("gray8")[0] }))).toEqual(
      first.seen.map(({ atMs, value }) => ({ atMs, luma: value.to("gray8")[0] })),
    );
    expect(recordings.folders).toHaveLength(1);
  });

  it("makes a folder for each peer, whose name holds nothing dangerous of its id", async () => {
    const stream = mirrorStream();
    const recordings = recordSessions(stream, { folder, video: false });
    const peers = [await connectPeer(stream, { webrtcId: "../../etc/passwd" }), await connectPeer(stream)];
    for (const peer of peers) await peer.leave();
    await recordings[Symbol.asyncDispose]();
    expect(recordings.folders.map((path) => path.slice(folder.length))).toEqual([
      "/2026-01-01T00-00-00.000Z-1-etcpasswd",
      expect.stringMatching(/^\/2026-01-01T00-00-00.000Z-2-test-peer-\d+$/),
    ]);
  });

  it("says why it cannot record, and lets the peer go on", async () => {
    const stream = mirrorStream();
    const logger = new RecordingLogger();
    await writeFile(join(folder, "file"), "");
    const recordings = recordSessions(stream, { folder: join(folder, "file"), logger });
    await using peer = await connectPeer(stream);
    await peer.sendAudio(tone({ durationMs: 300 }));
    expect(peer.heard.sounds()).toHaveLength(1);
    expect(logger.at("error").join("\n")).toContain("has ended");
    await recordings[Symbol.asyncDispose]();
  });
});

describe("readRecording", () => {
  it("says what is missing, and which line is wrong", async () => {
    await expect(readRecording(folder)).rejects.toThrow("it has no session.jsonl");
    await writeFile(join(folder, "session.jsonl"), '{"type":"recording","version":1}\n{"type":"dance"}\n');
    await expect(readRecording(folder)).rejects.toThrow("Line 2 of session.jsonl is none of a recording");
  });

  it("gives what is there of a recording that was cut off", async () => {
    const stream = mirrorStream();
    const recordings = recordSessions(stream, { folder });
    const peer = await connectPeer(stream);
    await peer.sendAudio(tone({ durationMs: 100 }));
    await peer.leave();
    await recordings[Symbol.asyncDispose]();
    const own = recordings.folders[0] ?? "";
    await truncate(join(own, "audio.wav"), 44 + 960 * 2 * 3 + 100);
    const { events } = await readRecording(own);
    expect(events.map(({ type }) => type)).toEqual(["audio", "audio", "audio", "end"]);
  });
});
