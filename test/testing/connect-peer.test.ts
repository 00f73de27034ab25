import { describe, expect, it } from "vitest";
import {
  AdditionalOutputs,
  type AudioFrame,
  CloseStream,
  Stream,
  StreamHandler,
  VideoFrame,
  getCurrentContext,
  number,
  slider,
} from "../../src/index.ts";
import { connectPeer, silence, tone } from "../../src/testing/index.ts";
import { loudest } from "../support/tones.ts";
import { RecordingLogger } from "../support/recording-logger.ts";

/** Sends back what it hears. */
class Echo extends StreamHandler {
  readonly #heard: AudioFrame[] = [];
  receive(frame: AudioFrame): void {
    this.#heard.push(frame);
  }
  emit(): AudioFrame | null {
    return this.#heard.shift() ?? null;
  }
  copy(): Echo {
    return new Echo();
  }
}

function echoStream(options: { timeLimit?: number; concurrencyLimit?: number } = {}) {
  return new Stream({ handler: new Echo(), modality: "audio", logger: new RecordingLogger(), ...options });
}

function picture(luma: number): VideoFrame {
  const [width, height] = [64, 48];
  return VideoFrame.from(new Uint8Array(width * height * 3).fill(luma), { format: "rgb24", width, height });
}

describe("connectPeer", () => {
  it("sends sound through the handler, and keeps what comes back by the time when it is heard", async () => {
    await using peer = await connectPeer(echoStream());
    await peer.sendAudio(silence(200));
    await peer.sendAudio(tone({ frequencyHz: 1000, durationMs: 1000 }));
    await peer.advance(500);
    expect(peer.connectedMs).toBe(1700);
    const [sound, ...others] = peer.heard.sounds();
    expect(others).toEqual([]);
    expect(sound?.fromMs).toBeGreaterThanOrEqual(200);
    expect(sound?.fromMs).toBeLessThanOrEqual(260);
    expect((sound?.toMs ?? 0) - (sound?.fromMs ?? 0)).toBeGreaterThanOrEqual(1000);
    const { frequency, amplitude } = loudest(peer.heard.between(400, 1000).toFloat32());
    expect(frequency).toBeCloseTo(1000, 0);
    expect(amplitude).toBeCloseTo(0.5, 1);
  });

  it("gives the same result each time in simulated time", async () => {
    const run = async (): Promise<Uint8Array> => {
      await using peer = await connectPeer(echoStream());
      await peer.sendAudio([16_000, tone({ sampleRate: 16_000, durationMs: 700 }).toInt16()]);
      await peer.advance(100);
      return peer.heard.toWav();
    };
    expect(await run()).toEqual(await run());
  });

  it("shows pictures to the handler at their pace, each with the additional inputs of its time", async () => {
    const stream = new Stream({
      handler: (frame, addend) => [
        picture((frame.to("gray8")[0] ?? 0) + addend),
        new AdditionalOutputs(getCurrentContext().webrtcId),
      ],
      modality: "video",
      additionalInputs: [slider({ label: "Addend", minimum: 0, maximum: 100, value: 0 })],
      additionalOutputs: [number({ label: "Peer" })],
      logger: new RecordingLogger(),
    });
    await using peer = await connectPeer(stream, { webrtcId: "ada" });
    await peer.sendVideo([picture(100), picture(100)], { fps: 10 });
    await peer.setInput(50);
    await peer.sendVideo([picture(100)], { fps: 10 });
    const levels = peer.seen.map(({ value }) => value.to("gray8")[0] ?? 0);
    expect(levels).toHaveLength(3);
    expect(levels[0]).toBe(levels[1]);
    expect((levels[2] ?? 0) - (levels[0] ?? 0)).toBeGreaterThan(45);
    expect(peer.seen.map(({ atMs }) => atMs)).toEqual([0, 100, 200]);
    expect(peer.outputs.map(({ value }) => value.args)).toEqual([["ada"], ["ada"], ["ada"]]);
  });

  it("lets a time limit of ten minutes pass in no time", async () => {
    await using peer = await connectPeer(echoStream({ timeLimit: 600 }));
    await peer.until(({ ended }) => ended !== undefined, { withinMs: 700_000 });
    expect({ ended: peer.ended, atMs: peer.connectedMs }).toEqual({ ended: "time-limit", atMs: 600_000 });
    expect(peer.messages.map(({ value }) => value)).toEqual([
      { type: "end_stream", data: "The time limit was reached." },
    ]);
  });

  it("takes a place and gives it back", async () => {
    const stream = echoStream({ concurrencyLimit: 1 });
    const first = await connectPeer(stream);
    await expect(connectPeer(stream)).rejects.toThrow(
      "The stream turned the peer down: all 1 places are taken: have a peer leave, or raise concurrencyLimit.",
    );
    await first.vanish();
    expect(first.ended).toBe("peer-silent");
    await using second = await connectPeer(stream);
    expect(second.ended).toBeUndefined();
  });

  it("tells what has happened when what is waited for does not", async () => {
    await using peer = await connectPeer(echoStream());
    peer.sendMessage("hello");
    await expect(peer.until(() => false, { withinMs: 100 })).rejects.toThrow(
      'What was waited for did not happen within 100 ms. The connection stands after 100 ms; 0 pictures seen, heard []. Messages: 0 ms {"type":"log","data":"Server received: hello"}.',
    );
  });

  it("ends sending when the connection ends", async () => {
    const stream = new Stream({
      handler: () => new CloseStream("enough"),
      modality: "video",
      logger: new RecordingLogger(),
    });
    await using peer = await connectPeer(stream);
    await peer.sendVideo(Array.from({ length: 100 }, () => picture(0)));
    expect(peer.ended).toBe("handler-closed");
    expect(peer.connectedMs).toBe(0);
  });

  it("waits in simulated time for a handler that takes its real time", async () => {
    const stream = new Stream({
      handler: async (frame) => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        return frame;
      },
      modality: "video",
      logger: new RecordingLogger(),
    });
    await using peer = await connectPeer(stream);
    await peer.sendVideo(
      Array.from({ length: 20 }, () => picture(0)),
      { fps: 1000 },
    );
    expect(peer.seen).toHaveLength(20);
    expect(peer.connectedMs).toBe(20);
  });

  it("goes by the real time where that is asked for", async () => {
    await using peer = await connectPeer(echoStream(), { time: "real" });
    await peer.sendAudio(tone({ durationMs: 100 }));
    await peer.until(({ heard }) => heard.sounds().length > 0);
    expect(peer.connectedMs).toBeGreaterThanOrEqual(100);
  });

  it("is a telephone of 8 kHz where that is asked for", async () => {
    await using peer = await connectPeer(echoStream(), { transport: "telephone" });
    await peer.sendAudio(tone({ durationMs: 100, sampleRate: 8000 }));
    expect(peer.heard.sampleRate).toBe(8000);
  });
});
