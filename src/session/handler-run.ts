import { BoundedQueue } from "../async/bounded-queue.ts";
import { toError } from "../errors.ts";
import type { AudioFrame } from "../media/audio-frame.ts";
import type { VideoFrame } from "../media/video-frame.ts";
import type { AdditionalOutputs } from "./additional-outputs.ts";
import type { CloseReason } from "./close-reason.ts";
import { runInSession } from "./context.ts";
import type { Logger } from "./logger.ts";
import type { Emissions, HandlerSession, PeerHandler } from "./peer-handler.ts";
import { pump } from "./pump.ts";
import type { SessionMeter } from "./session-meter.ts";
import { StuckHandler } from "./stuck-handler.ts";
import type { AudioFormat, Transport } from "./transport.ts";

/** How many pieces of sound wait for a busy handler, a second's worth; the oldest go first. */
const MAX_WAITING_AUDIO = 50;
/** How long a piece of sound usually is, in milliseconds. */
const USUAL_PIECE_MS = 20;
/** How sound passes that no transport sends. */
const UNHEARD: AudioFormat = { sampleRate: 8000, channels: 1, packetMs: 20, leadMs: 0 };

export interface HandlerRunOptions {
  readonly handler: PeerHandler;
  /** For whose peer it works. */
  readonly session: HandlerSession;
  readonly meter: SessionMeter;
  readonly logger: Logger;
  /** What carries the session now. */
  readonly transport: () => Transport | undefined;
  /** Takes what it gives beside its media. */
  readonly publish: (outputs: AdditionalOutputs) => void;
  /** It has ended, or wants the session to end, with these last words. Its `shutdown` comes after. */
  readonly onEnd: (reason: CloseReason, farewell?: string) => void;
}

/** A handler at work for its peer: what waits for it, the pumps between it and the transport, and its life from `startUp` to `shutdown`. */
export class HandlerRun {
  readonly #options: HandlerRunOptions;
  readonly #handler: PeerHandler;
  readonly #session: HandlerSession;
  readonly #video: BoundedQueue<VideoFrame>;
  readonly #audio: BoundedQueue<AudioFrame>;
  readonly #stuck: StuckHandler;
  /** Since when it has not come back for a piece of sound; known once another comes. */
  #soundHeldSinceMs: number | undefined;
  #hasBegun = false;

  constructor(options: HandlerRunOptions) {
    const { handler, session, meter, logger } = options;
    this.#options = options;
    this.#handler = handler;
    this.#session = session;
    this.#video = new BoundedQueue<VideoFrame>({
      capacity: handler.videoCapacity ?? 1,
      overflow: "drop-oldest",
      onDrop: (frame) => {
        meter.pictureSkipped();
        frame.release();
      },
      onAsk: () => meter.pictureHandled(),
      onTake: () => meter.pictureTaken(),
    });
    this.#audio = new BoundedQueue<AudioFrame>({
      capacity: MAX_WAITING_AUDIO,
      overflow: "drop-oldest",
      onAsk: () => (this.#soundHeldSinceMs = undefined),
    });
    this.#stuck = new StuckHandler(session.id, logger);
  }

  /** Whether it has yet to come back for what it was given. */
  get isBusy(): boolean {
    return this.#video.isWorkedOn || this.#audio.isWorkedOn;
  }

  /** How much sound waits for it, in milliseconds. */
  get waitingMs(): number {
    return this.#audio.length * USUAL_PIECE_MS;
  }

  /** Begins, once. */
  begin(): void {
    this.#hasBegun = true;
    void runInSession(this.#session, () => this.#run()); // It never rejects.
  }

  /** Takes a picture, and owns it. */
  videoFrame(frame: VideoFrame, isOvertaken: boolean): void {
    const { meter } = this.#options;
    meter.pictureArrived(frame);
    this.#stuck.note(meter.heldMs, "its pictures are skipped");
    if (isOvertaken && (this.#handler.videoCapacity ?? 1) === 1) this.#video.passOver(frame);
    else this.#video.push(frame);
  }

  audioFrame(frame: AudioFrame): void {
    if (this.#audio.isWorkedOn) {
      const nowMs = this.#session.clock.nowMs();
      this.#soundHeldSinceMs ??= nowMs;
      this.#stuck.note(nowMs - this.#soundHeldSinceMs, "sound of its peer is lost");
    }
    this.#audio.push(frame);
  }

  message(text: string): void {
    this.#call(async () => this.#handler.message?.(text));
  }

  key(digit: string): void {
    this.#call(async () => this.#handler.key?.(digit));
  }

  /** Has it answer now; false when it is of a kind that cannot. */
  triggerResponse(): boolean {
    if (!this.#handler.triggerResponse) return false;
    this.#call(async () => this.#handler.triggerResponse?.(this.#session));
    return true;
  }

  /** There is nothing more for it. */
  stop(): void {
    this.#video.end();
    this.#audio.end();
  }

  /** Shuts it down if it never began; else it does so as soon as it is done. */
  close(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    void runInSession(this.#session, () => this.#shutDown()); // It never rejects.
  }

  /** Calls the handler beside what it does already. */
  #call(method: () => Promise<void>): void {
    runInSession(this.#session, method).catch((thrown: unknown) => this.#session.reportError(toError(thrown)));
  }

  /** The handler's whole life; never rejects. */
  async #run(): Promise<void> {
    const { onEnd } = this.#options;
    try {
      await this.#handler.startUp?.(this.#session);
      const media = [this.#pumpVideo(), this.#pumpAudio()].filter((one) => one !== undefined);
      await Promise.all(media);
      if (media.length > 0) onEnd("handler-ended");
    } catch (thrown) {
      // What user code throws for one frame is reported where it is called; what arrives here has ended the handler.
      this.#session.reportError(toError(thrown));
      onEnd("handler-failed");
    }
    await this.#shutDown();
  }

  async #shutDown(): Promise<void> {
    try {
      await this.#handler.shutdown?.();
    } catch (thrown) {
      this.#options.logger.error(`the handler of session ${this.#session.id} failed in shutdown:`, toError(thrown));
    }
  }

  #pumpVideo(): Promise<void> | undefined {
    const { transport, meter } = this.#options;
    if (transport()?.carriesVideo === false && this.#handler.audio) return undefined;
    const emissions = this.#handler.video?.(this.#video, this.#session);
    return (
      emissions &&
      this.#pump(emissions, async (frame) => {
        meter.pictureHandled();
        meter.pictureSent(frame);
        await transport()?.sendVideo(frame);
      })
    );
  }

  #pumpAudio(): Promise<void> | undefined {
    const emissions = this.#handler.audio?.(this.#audio, this.#session);
    if (!emissions) return undefined;
    const format = this.#options.transport()?.audioFormat;
    const { playback } = this.#session;
    playback.open({
      // Where nobody listens sound passes in its time all the same: a handler that nothing waits for would never rest.
      format: format ?? UNHEARD,
      send: (frame) => format && this.#sendAudio(frame),
    });
    return this.#pump(
      emissions,
      (frame) => playback.write(frame),
      () => playback.finish(),
    );
  }

  #sendAudio(frame: AudioFrame): void {
    try {
      this.#options.transport()?.sendAudio(frame);
    } catch (thrown) {
      this.#session.reportError(toError(thrown));
    }
  }

  /** @param finish resolves when all that was sent has been played. @default at once */
  #pump<Media>(
    emissions: Emissions<Media>,
    send: (media: Media) => Promise<void> | undefined,
    finish: () => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    const { publish, onEnd } = this.#options;
    const session = this.#session;
    return pump(emissions, {
      hasEnded: () => session.signal.aborted,
      send,
      finish,
      publish,
      close: (message) => onEnd("handler-closed", message),
      reportError: (error) => session.reportError(error),
    });
  }
}
