import { createHandlerFactory } from "../../src/handlers/create-handler-factory.ts";
import { AudioFrame } from "../../src/media/audio-frame.ts";
import { FramePool } from "../../src/media/frame-pool.ts";
import { VideoFrame } from "../../src/media/video-frame.ts";
import type { AdditionalOutputs } from "../../src/session/additional-outputs.ts";
import type { CloseReason } from "../../src/session/close-reason.ts";
import type { Modality, Mode } from "../../src/session/modality.ts";
import { Session } from "../../src/session/session.ts";
import type { Transport } from "../../src/session/transport.ts";
import { ManualClock } from "./manual-clock.ts";
import { RecordingLogger } from "./recording-logger.ts";
import { RecordingTransport } from "./recording-transport.ts";
import { advanceBy, turn } from "./turn.ts";

export interface HandlerRunOptions {
  readonly modality: Modality;
  readonly mode?: Mode;
  readonly kind?: Transport["kind"];
  /** The inputs' defaults; null for inputs that have none. */
  readonly inputs?: readonly unknown[] | null;
}

const pool = new FramePool();

/** A handler in a connected session, in time that the test moves. */
export class HandlerRun {
  readonly clock = new ManualClock();
  readonly logger = new RecordingLogger();
  readonly transport = new RecordingTransport();
  readonly ended: CloseReason[] = [];
  readonly outputs: (readonly unknown[])[] = [];
  readonly session: Session;

  constructor(
    handler: unknown,
    { modality, mode = "send-receive", kind = "loopback", inputs = [] }: HandlerRunOptions,
  ) {
    const { clock, logger, transport } = this;
    transport.audioFormat = { sampleRate: 48_000, channels: 1, packetMs: 20, leadMs: 0 };
    this.session = new Session({
      id: "peer",
      kind,
      handler: createHandlerFactory({ handler, modality, mode, inputCount: inputs?.length ?? 1 }).create(),
      initialInputs: inputs,
      logger,
      clock,
      onEnd: (_session, reason) => this.ended.push(reason),
    });
    this.session.attach(transport);
    void this.#collect(this.session.outputs.read());
    this.session.connected();
  }

  /** What reached the peer as text, by its type; a message of the application's own as it went out. */
  get told(): readonly string[] {
    return this.transport.messages.map((message) => {
      if (message.type === "custom") return message.text;
      if (!("data" in message)) return message.type;
      const { type, data } = message;
      return `${type}: ${typeof data === "string" ? data : JSON.stringify(data)}`;
    });
  }

  /** The times of the pictures that were sent, in milliseconds. */
  get sentTimesMs(): readonly number[] {
    return this.transport.sent.map(({ timestampUs = Number.NaN }) => timestampUs / 1000);
  }

  /** Lets pass time, by steps of 10 ms or less. */
  async pass(ms: number): Promise<void> {
    await advanceBy(this.clock, ms, Math.min(10, ms));
  }

  /** Sends a picture of the peer and lets the handler work on it. */
  async picture(timestampMs: number): Promise<VideoFrame> {
    const frame = picture(timestampMs);
    this.session.videoFrame(frame);
    await turn();
    return frame;
  }

  /** Sends 20 ms of the peer's sound, every sample of that value, and lets the handler work on it. */
  async sound(value: number, sampleRate = 48_000): Promise<void> {
    this.session.audioFrame(new AudioFrame({ samples: new Int16Array(sampleRate / 50).fill(value), sampleRate }));
    await turn();
  }

  async end(): Promise<void> {
    await this.session.end("peer-left");
    await turn();
  }

  async #collect(outputs: AsyncIterable<AdditionalOutputs>): Promise<void> {
    for await (const { args } of outputs) this.outputs.push(args);
  }
}

/** A picture that is lent, as those of a peer are. */
function picture(timestampMs: number): VideoFrame {
  return VideoFrame.allocate(4, 4, { lease: pool.lease(), timestampUs: timestampMs * 1000 });
}

/** A picture of the handler's own. */
export function ownPicture(): VideoFrame {
  return VideoFrame.from(new Uint8Array(16), { format: "gray8", width: 4, height: 4 });
}
