import { FastRtcError } from "../errors.ts";
import { AudioFrame, type AudioTuple } from "../media/audio-frame.ts";
import type { VideoFrame } from "../media/video-frame.ts";
import type { ServerMessage } from "../protocol/server-message.ts";
import type { AdditionalOutputs } from "../session/additional-outputs.ts";
import type { CloseReason } from "../session/close-reason.ts";
import type { Session } from "../session/session.ts";
import type { SessionRecording } from "./session-recording.ts";
import type { HeardSound } from "./heard-sound.ts";
import type { TestTime } from "./test-time.ts";
import type { Y4mVideo } from "./y4m.ts";

/** How much sound a peer sends at once, in milliseconds, as browsers do. */
const PIECE_MS = 20;

/** Something that reached the peer, and when, in milliseconds since it was connected. */
export interface Received<Value> {
  readonly atMs: number;
  readonly value: Value;
}

/** What happened in a conversation, by the messages that front ends are sent. */
export interface TurnEvent {
  readonly type: "started_talking" | "pause_detected" | "response_starting" | "stopword";
  /** In milliseconds since the peer was connected. */
  readonly atMs: number;
}

/** @internal What a `TestPeer` is made of. */
export interface TestPeerParts {
  readonly session: Session;
  readonly time: TestTime;
  readonly connectedAtMs: number;
  readonly heard: HeardSound;
  readonly setInput: (values: readonly unknown[]) => Promise<void> | undefined;
}

/**
 * A peer without a browser and without a network: what it sends goes to the Stream's handler, what that gives is kept here with
 * the time when it came. `connectPeer` makes one.
 */
export class TestPeer<InputValues extends readonly unknown[] = readonly unknown[]> implements AsyncDisposable {
  /** Its `webrtc_id`. */
  readonly id: string;
  /** What it has heard. */
  readonly heard: HeardSound;
  /** The pictures that it has seen, the latest 300. */
  readonly seen: readonly Received<VideoFrame>[];
  /** The messages that it was sent, those for front ends included. */
  readonly messages: readonly Received<ServerMessage>[];
  /** The AdditionalOutputs of its handler. */
  readonly outputs: readonly Received<AdditionalOutputs>[];
  readonly #parts: TestPeerParts;

  /** @internal `connectPeer` makes one. */
  constructor(parts: TestPeerParts, received: Pick<TestPeer, "seen" | "messages" | "outputs">) {
    this.#parts = parts;
    this.id = parts.session.id;
    this.heard = parts.heard;
    this.seen = received.seen;
    this.messages = received.messages;
    this.outputs = received.outputs;
  }

  /** How long it has been connected, in milliseconds. */
  get connectedMs(): number {
    return this.#parts.time.clock.nowMs() - this.#parts.connectedAtMs;
  }

  /** Why its connection ended; undefined while it stands. */
  get ended(): CloseReason | undefined {
    const { signal } = this.#parts.session;
    return signal.aborted ? (signal.reason as CloseReason) : undefined;
  }

  /** The turns of the conversation so far. */
  get turns(): readonly TurnEvent[] {
    return this.messages.flatMap(({ atMs, value }): TurnEvent[] => {
      if (value.type === "stopword") return [{ type: "stopword", atMs }];
      if (value.type !== "log" || !isTurn(value.data)) return [];
      return [{ type: value.data, atMs }];
    });
  }

  /** What went wrong, as the peer was told. */
  get errors(): readonly string[] {
    return this.messages.flatMap(({ value }) => (value.type === "error" ? [value.data] : []));
  }

  /**
   * Speaks: sends sound at the pace at which it sounds, in pieces of 20 ms; resolves at its end, or when the connection ends.
   * @param sound An AudioFrame, `[sampleRate, samples]`, or several, one after the other.
   */
  async sendAudio(sound: AudioFrame | AudioTuple | Iterable<AudioFrame> | AsyncIterable<AudioFrame>): Promise<void> {
    const { session, time } = this.#parts;
    let dueMs = time.clock.nowMs();
    for await (const frame of framesOf(sound)) {
      for (const piece of piecesOf(frame)) {
        if (this.ended) return;
        session.audioFrame(piece);
        dueMs += piece.durationMs;
        await this.#reach(dueMs);
      }
    }
  }

  /**
   * Shows pictures: sends them at their pace; resolves when the last one's time is over, or when the connection ends.
   * @param options.fps How many a second. @default those of the video, or 30
   */
  async sendVideo(
    pictures: Y4mVideo | Iterable<VideoFrame> | AsyncIterable<VideoFrame>,
    { fps = "fps" in pictures ? pictures.fps : 30 }: { fps?: number } = {},
  ): Promise<void> {
    if (!(fps > 0)) throw new FastRtcError("invalid_argument", `fps is a number above 0, not ${fps}.`);
    const { session, time } = this.#parts;
    const beganMs = time.clock.nowMs();
    let count = 0;
    for await (const picture of "frames" in pictures ? pictures.frames : pictures) {
      if (this.ended) return;
      const timestampUs = Math.round(this.connectedMs * 1000);
      // The handler gives back what it was given; the caller's picture stays the caller's.
      session.videoFrame(picture.clone().withTimestamp(timestampUs));
      count += 1;
      await this.#reach(beganMs + (count * 1000) / fps);
    }
  }

  /**
   * Does what a recorded peer did, at the times when it did it; resolves at the end of the recording, or of the connection. The end of
   * the recorded connection is not repeated.
   */
  async replay({ events }: SessionRecording): Promise<void> {
    const { session, time, setInput } = this.#parts;
    const beganMs = time.clock.nowMs();
    for (const event of events) {
      await this.#reach(beganMs + event.atMs);
      if (this.ended) return;
      switch (event.type) {
        case "audio":
          session.audioFrame(event.frame);
          break;
        case "video":
          session.videoFrame(event.frame.clone().withTimestamp(Math.round(event.atMs * 1000)));
          break;
        case "message":
          session.message(event.text);
          break;
        case "inputs":
          await setInput(event.values);
          break;
        case "end":
          break;
      }
    }
  }

  /** Sends a text, as on the data channel. */
  sendMessage(text: string): void {
    this.#parts.session.message(text);
  }

  /** Sets the additional inputs, as `stream.setInput` does; resolves once they are set. */
  async setInput(...values: InputValues): Promise<void> {
    await this.#parts.setInput(values);
  }

  /** Lets time pass, in milliseconds. */
  async advance(ms: number): Promise<void> {
    await this.#reach(this.#parts.time.clock.nowMs() + ms);
  }

  /**
   * Lets time pass until something is so.
   * @param options.withinMs How long to wait for it. @default 30000
   * @throws {Error} when it is not so by then, with what has happened so far.
   */
  async until(isSo: (peer: this) => boolean, { withinMs = 30_000 }: { withinMs?: number } = {}): Promise<void> {
    const { time } = this.#parts;
    if (await time.until(() => isSo(this), time.clock.nowMs() + withinMs)) return;
    throw new Error(`What was waited for did not happen within ${withinMs} ms. ${this.#summary()}`);
  }

  /** Goes without a word, as a peer whose battery is empty, and resolves when its session has ended. */
  async vanish(): Promise<void> {
    await this.#parts.session.end("peer-silent");
  }

  /** Closes the connection, as a tab that is closed, and resolves when its session has ended. */
  async leave(): Promise<void> {
    await this.#parts.session.end("peer-left");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.leave();
  }

  async #reach(atMs: number): Promise<void> {
    await this.#parts.time.until(() => this.ended !== undefined, atMs);
  }

  #summary(): string {
    const messages = this.messages.map(({ atMs, value }) => `${Math.round(atMs)} ms ${JSON.stringify(value)}`);
    return [
      `The connection ${this.ended ? `ended: ${this.ended}` : "stands"} after ${Math.round(this.connectedMs)} ms;`,
      `${this.seen.length} pictures seen, heard ${JSON.stringify(this.heard.sounds())}.`,
      `Messages: ${messages.slice(-10).join(", ") || "none"}.`,
    ].join(" ");
  }
}

const TURN_MESSAGES: ReadonlySet<string> = new Set(["started_talking", "pause_detected", "response_starting"]);

function isTurn(data: string): data is Exclude<TurnEvent["type"], "stopword"> {
  return TURN_MESSAGES.has(data);
}

async function* framesOf(
  sound: AudioFrame | AudioTuple | Iterable<AudioFrame> | AsyncIterable<AudioFrame>,
): AsyncGenerator<AudioFrame> {
  if (sound instanceof AudioFrame) yield sound;
  else if (isTuple(sound)) yield AudioFrame.from(sound);
  else yield* sound;
}

function isTuple(sound: object): sound is AudioTuple {
  return Array.isArray(sound) && typeof sound[0] === "number";
}

/** The sound in pieces of 20 ms, which share its memory; the last one may be shorter. */
function* piecesOf({ samples, sampleRate, channels }: AudioFrame): Generator<AudioFrame> {
  const step = Math.round((sampleRate * PIECE_MS) / 1000) * channels;
  for (let at = 0; at < samples.length; at += step) {
    yield new AudioFrame({ samples: samples.subarray(at, at + step), sampleRate, channels });
  }
}
