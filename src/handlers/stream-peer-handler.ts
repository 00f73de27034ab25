import { toError } from "../errors.ts";
import { AudioConverter } from "../media/audio-converter.ts";
import type { AudioFrame } from "../media/audio-frame.ts";
import type { VideoFrame } from "../media/video-frame.ts";
import type { Mode } from "../session/modality.ts";
import type { HandlerSession, PeerHandler } from "../session/peer-handler.ts";
import { attempt } from "./attempt.ts";
import type { AudioVideoStreamHandler } from "./audio-video-stream-handler.ts";
import { type Conversation, converse } from "./converse.ts";
import { AUDIO, VIDEO } from "./emitted.ts";
import { FramePacer } from "./frame-pacer.ts";
import { bindToSession, channelsOf, type StreamHandler } from "./stream-handler.ts";
import { tellInputs } from "./tell-inputs.ts";
import { Wakeup } from "./wakeup.ts";

/** The life of a handler: from its session's beginning to the session's end, or to the failure of its `startUp`. */
class HandlerLife {
  readonly #handler: StreamHandler;
  readonly #stop = new AbortController();
  #failure: Error | undefined;

  constructor(handler: StreamHandler) {
    this.#handler = handler;
  }

  /** Aborts at its end. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Begins `startUp` and does not wait for its end: it may go on as long as the session. */
  begin(session: HandlerSession): void {
    bindToSession(this.#handler, session);
    session.signal.addEventListener("abort", () => this.#stop.abort(session.signal.reason), { once: true });
    tellInputs(this.#handler, session);
    void this.#startUp(session); // It never rejects.
  }

  /** Throws what `startUp` threw. */
  throwFailure(): void {
    if (this.#failure) throw this.#failure;
  }

  async #startUp(session: HandlerSession): Promise<void> {
    try {
      await this.#handler.startUp();
    } catch (thrown) {
      if (session.signal.aborted) {
        await attempt(session, () => Promise.reject(thrown));
        return;
      }
      this.#failure = toError(thrown);
      this.#stop.abort(this.#failure);
    }
  }
}

/** Runs a StreamHandler as the handler of one peer; with pictures, too, when they are wanted and it has the methods. */
export function streamPeerHandler(
  handler: StreamHandler | AudioVideoStreamHandler,
  { mode, video }: { readonly mode: Mode; readonly video: boolean },
): PeerHandler {
  const life = new HandlerLife(handler);
  const { signal } = life;
  return {
    startUp: (session) => life.begin(session),
    audio: (frames, session) =>
      converse(frames, session, { mode, signal, onEnd: () => life.throwFailure(), ...soundOf(handler) }),
    ...(video &&
      "videoEmit" in handler && {
        video: (frames, session) =>
          converse(frames, session, { mode, signal, ...picturesOf(handler, session, signal) }),
      }),
    ...(typeof handler.triggerResponse === "function" && { triggerResponse: () => handler.triggerResponse?.() }),
    ...(typeof handler.onMessage === "function" && { message: (text: string) => handler.onMessage?.(text) }),
    ...(typeof handler.onDtmf === "function" && { key: (digit: string) => handler.onDtmf?.(digit) }),
    shutdown: () => handler.shutdown(),
  } satisfies PeerHandler;
}

type Halves<Media> = Omit<Conversation<Media>, "mode" | "signal">;

function soundOf(handler: StreamHandler): Halves<AudioFrame> {
  const converter = new AudioConverter({ sampleRate: handler.inputSampleRate, channels: channelsOf(handler) });
  return {
    kind: AUDIO,
    receive(frame) {
      const converted = converter.push(frame);
      return converted && handler.receive(converted);
    },
    emit: () => handler.emit(),
  };
}

function picturesOf(
  handler: AudioVideoStreamHandler,
  { clock }: HandlerSession,
  signal: AbortSignal,
): Halves<VideoFrame> {
  const pacer = new FramePacer({ fps: handler.fps, clock, wakeup: new Wakeup(clock, signal), ahead: 1 });
  return {
    kind: VIDEO,
    receive(frame) {
      // Handlers keep pictures until videoEmit, for which those of a peer are not valid long enough.
      let own: VideoFrame;
      try {
        own = frame.clone();
      } finally {
        frame.release();
      }
      return handler.videoReceive(own);
    },
    async emit() {
      // Asked after the wait, not before: it may have a newer picture by then.
      await pacer.ready();
      return handler.videoEmit();
    },
    onGiven: () => pacer.use(),
  };
}
