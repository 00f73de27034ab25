import type { AudioFrame } from "../../src/media/audio-frame.ts";
import type { VideoFrame } from "../../src/media/video-frame.ts";
import type { ServerMessage } from "../../src/protocol/server-message.ts";
import type { AudioFormat, Transport } from "../../src/session/transport.ts";

/** A transport that keeps what it was given, and wakes whoever waits for it. */
export class RecordingTransport implements Transport {
  readonly kind = "loopback";
  readonly sent: VideoFrame[] = [];
  readonly sentAudio: AudioFrame[] = [];
  audioFormat: AudioFormat | undefined;
  clearCount = 0;
  readonly messages: ServerMessage[] = [];
  closeCount = 0;
  /** Replaced by tests in which sending takes time or fails. */
  onSend: (frame: VideoFrame) => Promise<void> = () => Promise.resolve();
  readonly #waiting: { count: number; resolve: () => void }[] = [];

  async sendVideo(frame: VideoFrame): Promise<void> {
    this.sent.push(frame);
    for (const { count, resolve } of this.#waiting) if (this.sent.length >= count) resolve();
    await this.onSend(frame);
  }

  sendAudio(frame: AudioFrame): void {
    this.sentAudio.push(frame);
  }

  clearAudio(): void {
    this.clearCount += 1;
  }

  sendMessage(message: ServerMessage): void {
    this.messages.push(message);
  }

  async close(): Promise<void> {
    this.closeCount += 1;
  }

  /** Resolves once `count` frames have been sent. */
  sentAtLeast(count: number): Promise<void> {
    if (this.sent.length >= count) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ count, resolve }));
  }
}
