import type { AudioFrame } from "../../media/audio-frame.ts";
import type { TransportStats } from "../../session/transport-stats.ts";
import type { AudioFormat, Transport } from "../../session/transport.ts";
import type { CallMedia } from "./call-media.ts";
import { PHONE_RATE } from "./phone-receiver.ts";

/** What a telephone keeps against jitter, and the way there, in milliseconds. */
const HEARD_DELAY_MS = 80;

/** Carries the sound of one SIP call: G.711, both ways. */
export class SipTransport implements Transport {
  readonly kind = "telephone";
  readonly carriesVideo = false;
  readonly audioFormat: AudioFormat = {
    sampleRate: PHONE_RATE,
    channels: 1,
    packetMs: 20,
    leadMs: 20,
    heardDelayMs: HEARD_DELAY_MS,
  };
  readonly #media: CallMedia;
  readonly #hangUp: () => Promise<void>;

  /** @param hangUp ends the call and frees its ports; harmless when repeated. */
  constructor(media: CallMedia, hangUp: () => Promise<void>) {
    this.#media = media;
    this.#hangUp = hangUp;
  }

  /** A telephone shows no pictures. */
  async sendVideo(): Promise<void> {}

  sendAudio(frame: AudioFrame): void {
    this.#media.send(frame);
  }

  /** Nothing waits here, and what has left is heard: a packet's worth, and what the telephone keeps. */
  clearAudio(): void {}

  /** A telephone shows no messages; what went wrong is on the server's log. */
  sendMessage(): void {}

  stats(): TransportStats {
    return this.#media.stats();
  }

  close(): Promise<void> {
    return this.#hangUp();
  }
}
