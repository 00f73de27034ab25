import { describe, expect, test } from "vitest";
import {
  AsyncAudioVideoStreamHandler,
  AudioVideoStreamHandler,
} from "../../src/handlers/audio-video-stream-handler.ts";
import type { EmittedAudio, EmittedVideo } from "../../src/handlers/emitted.ts";
import type { AudioFrame } from "../../src/media/audio-frame.ts";
import type { VideoFrame } from "../../src/media/video-frame.ts";
import { AdditionalOutputs } from "../../src/session/additional-outputs.ts";
import { CloseStream } from "../../src/session/close-stream.ts";
import type { Mode } from "../../src/session/modality.ts";
import { HandlerRun, ownPicture } from "../support/handler-run.ts";
import { turn } from "../support/turn.ts";

/** Sends back what it hears and sees, by the way of its own queues. */
class Echo extends AudioVideoStreamHandler {
  readonly #log: string[];
  readonly #sound: AudioFrame[] = [];
  readonly #pictures: VideoFrame[] = [];

  constructor(log: string[]) {
    super();
    this.#log = log;
  }

  receive(frame: AudioFrame): void {
    this.#log.push("receive");
    this.#sound.push(frame);
  }

  async emit(): Promise<EmittedAudio> {
    this.#log.push("emit");
    return this.#sound.shift() ?? null;
  }

  async videoReceive(frame: VideoFrame): Promise<void> {
    this.#log.push("videoReceive");
    this.#pictures.push(frame);
  }

  videoEmit(): EmittedVideo {
    this.#log.push("videoEmit");
    return this.#pictures.shift() ?? null;
  }

  override shutdown(): void {
    this.#log.push("shutdown");
  }

  copy(): Echo {
    return new Echo(this.#log);
  }
}

function run(handler: AudioVideoStreamHandler, mode: Mode = "send-receive") {
  return new HandlerRun(handler, { modality: "audio-video", mode });
}

describe("an AudioVideoStreamHandler", () => {
  test("sends back sound and pictures that it kept, each in its own rhythm", async () => {
    const peer = run(new Echo([]));
    for (let index = 0; index < 4; index += 1) {
      const frame = await peer.picture(index * 33);
      expect(frame.lease?.released).toBe(true);
      await peer.sound(index + 1);
      await peer.pass(20);
    }
    expect(peer.sentTimesMs).toEqual([0, 33, 66, 99]);
    expect(peer.transport.sentAudio.map(({ samples }) => samples[0])).toEqual([1, 2, 3, 4]);
    await peer.end();
    expect(peer.clock.pendingTimers).toBe(0);
  });

  test.each<{ mode: Mode; called: readonly string[]; notCalled: readonly string[] }>([
    { mode: "send-receive", called: ["receive", "emit", "videoReceive", "videoEmit"], notCalled: [] },
    { mode: "receive", called: ["emit", "videoEmit"], notCalled: ["receive", "videoReceive"] },
    { mode: "send", called: ["receive", "videoReceive", "emit", "videoEmit"], notCalled: [] },
  ])("in mode $mode has these called: $called", async ({ mode, called, notCalled }) => {
    const log: string[] = [];
    const peer = run(new Echo(log), mode);
    await peer.picture(1);
    await peer.sound(1);
    await peer.pass(40);
    await peer.end();
    expect(log).toEqual(expect.arrayContaining([...called, "shutdown"]));
    for (const name of notCalled) expect(log).not.toContain(name);
    expect(log.filter((name) => name === "shutdown")).toHaveLength(1);
  });

  test("in mode send gives nothing but values", async () => {
    const peer = run(new Echo([]), "send");
    await peer.picture(1);
    await peer.sound(1);
    await peer.pass(100);
    expect([peer.transport.sent, peer.transport.sentAudio]).toEqual([[], []]);
    await peer.end();
  });

  test("is asked for pictures at most fps times a second, however fast it is", async () => {
    class Fast extends Echo {
      override videoEmit(): EmittedVideo {
        return [ownPicture(), new AdditionalOutputs("shown")];
      }
      override copy(): Fast {
        return new Fast([]);
      }
    }
    const peer = run(new Fast([]), "receive");
    await peer.pass(1000);
    // One may come ahead of its time.
    expect(Math.abs(peer.transport.sent.length - 31)).toBeLessThanOrEqual(1);
    expect(peer.outputs.length).toBe(peer.transport.sent.length);
    await peer.end();
  });

  test("ends the stream with CloseStream from either half", async () => {
    class Ending extends Echo {
      override videoEmit(): EmittedVideo {
        return [ownPicture(), new CloseStream("Cut.")];
      }
      override copy(): Ending {
        return new Ending([]);
      }
    }
    const peer = run(new Ending([]));
    await turn();
    expect([peer.transport.sent.length, peer.told, peer.ended]).toEqual([1, ["end_stream: Cut."], ["handler-closed"]]);
  });

  test("goes on after errors of each half", async () => {
    class Failing extends Echo {
      override async videoReceive(): Promise<void> {
        throw new Error("blind");
      }
      override videoEmit(): EmittedVideo {
        throw new Error("no picture");
      }
      override copy(): Failing {
        return new Failing([]);
      }
    }
    const peer = run(new Failing([]));
    await peer.picture(1);
    await peer.sound(7);
    await peer.pass(50);
    expect([...peer.told].toSorted()).toEqual(["error: blind", "error: no picture"]);
    expect(peer.transport.sentAudio.map(({ samples }) => samples[0])).toEqual([7]);
    await peer.end();
  });

  test("ends as a whole when startUp fails", async () => {
    class Unready extends Echo {
      override async startUp(): Promise<void> {
        await Promise.resolve();
        throw new Error("not today");
      }
      override copy(): Unready {
        return new Unready([]);
      }
    }
    const peer = run(new Unready([]));
    await turn();
    expect([peer.told, peer.ended]).toEqual([
      ["error: not today", "end_stream: The stream could not be started."],
      ["handler-failed"],
    ]);
    expect(peer.clock.pendingTimers).toBe(0);
  });

  test("is used for its sound alone in modality audio", async () => {
    const log: string[] = [];
    const peer = new HandlerRun(new Echo(log), { modality: "audio" });
    await peer.picture(1);
    await peer.sound(1);
    await peer.end();
    expect(new Set(log)).toEqual(new Set(["receive", "emit", "shutdown"]));
  });

  test("has its asynchronous name, too", () => {
    expect(AsyncAudioVideoStreamHandler).toBe(AudioVideoStreamHandler);
  });
});
