import type { Clock } from "../../async/clock.ts";
import { invariant } from "../../errors.ts";
import { AudioFrame } from "../../media/audio-frame.ts";
import { decodeMuLaw, encodeMuLaw } from "../../media/g711.ts";
import type { PhoneMessage } from "../../protocol/phone-message.ts";
import { encodePcm16, parseAudioPayload } from "../../protocol/websocket/audio-payload.ts";
import type { Logger } from "../../session/logger.ts";
import type { TransportStats } from "../../session/transport-stats.ts";
import type { AudioFormat, Transport, TransportEvents } from "../../session/transport.ts";
import type { LinkReceiver, LossReason, SocketLink } from "../../sockets/socket-link.ts";
import type { Carrier } from "./carrier.ts";
import { PlaybackMeter } from "./playback-meter.ts";

export interface TelephoneTransportOptions {
  readonly link: SocketLink;
  readonly events: TransportEvents;
  /** How the telephone company speaks. */
  readonly carrier: Carrier;
  /** What it calls the stream; some want it in every message. */
  readonly streamId: string;
  readonly logger: Logger;
  readonly clock: Clock;
}

const PACKET_MS = 20;
/**
 * How early sound leaves, in milliseconds: what the telephone company has in hand while the internet between us
 * stumbles. It costs an interruption nothing, because `clear` drops it there.
 */
const LEAD_MS = 200;
/** How much sound may wait for a connection that does not take it: 1 s. What comes beyond is dropped. */
const MAX_BUFFERED_BYTES = 16 * 1024;
/** How much longer than its sound lasts the last mark may take to come back, in milliseconds. */
const LAST_MARK_GRACE_MS = 1000;

/** Carries the sound of one telephone call over the WebSocket that a telephone company has opened. */
export class TelephoneTransport implements Transport, LinkReceiver {
  readonly kind = "telephone";
  readonly carriesVideo = false;
  readonly recallsAudio = true;
  readonly audioFormat: AudioFormat;
  readonly #link: SocketLink;
  readonly #events: TransportEvents;
  readonly #carrier: Carrier;
  readonly #streamId: string;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #playback = new PlaybackMeter();
  #inPackets = 0;
  #inBytes = 0;
  #outPackets = 0;
  #outBytes = 0;
  #onPlayedOut: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  constructor({ link, events, carrier, streamId, logger, clock }: TelephoneTransportOptions) {
    this.audioFormat = { sampleRate: carrier.sampleRate, channels: 1, packetMs: PACKET_MS, leadMs: LEAD_MS };
    this.#link = link;
    this.#events = events;
    this.#carrier = carrier;
    this.#streamId = streamId;
    this.#logger = logger;
    this.#clock = clock;
    link.receiver = this;
  }

  /** How much sound the caller has heard since the call began, in milliseconds; known to about 100 ms. */
  get playedMs(): number {
    return this.#playback.playedMs(this.#clock.nowMs());
  }

  /** How much sound was sent and has not been heard, in milliseconds. */
  get unheardMs(): number {
    return this.#playback.waitingMs(this.#clock.nowMs());
  }

  /** A telephone shows no pictures. */
  async sendVideo(): Promise<void> {}

  sendAudio(frame: AudioFrame): void {
    if (this.#link.bufferedAmount > MAX_BUFFERED_BYTES) return;
    const samples = frame.toInt16();
    const payload = this.#carrier.codec === "L16" ? encodePcm16(samples) : encodeMuLaw(samples);
    const message = this.#carrier.media(this.#streamId, payload);
    if (!(typeof message === "string" ? this.#link.sendText(message) : this.#link.sendBinary(message))) return;
    this.#outPackets += 1;
    this.#outBytes += payload.length;
    const mark = this.#playback.sent(frame.durationMs, this.#clock.nowMs());
    if (mark !== undefined) this.#link.sendText(this.#carrier.mark(this.#streamId, mark));
  }

  clearAudio(): void {
    this.#playback.cleared(this.#clock.nowMs());
    this.#link.sendText(this.#carrier.clear(this.#streamId));
  }

  /** A telephone shows no messages; what went wrong is on the server's log. */
  sendMessage(): void {}

  stats(): TransportStats {
    const { codec } = this.#carrier;
    const inbound = { codec, packets: this.#inPackets, bytes: this.#inBytes, packetsLost: 0, concealedMs: 0 };
    const outbound = { codec, packets: this.#outPackets, bytes: this.#outBytes, unheardMs: this.unheardMs };
    return { inbound: { audio: inbound }, outbound: { audio: outbound } };
  }

  /** Hangs up once the caller has heard what was sent, a fifth of a second at most. */
  close(): Promise<void> {
    this.#closing ??= this.#playOut().then(() => this.#link.close());
    return this.#closing;
  }

  text(utf8: Buffer): number {
    return this.#take(this.#carrier.readText(utf8.toString()));
  }

  binary(bytes: Buffer): number {
    if (this.#carrier.readBinary) return this.#take(this.#carrier.readBinary(bytes));
    this.#link.complain(`A binary message came, and ${this.#carrier.name} sends none.`);
    return 0;
  }

  complain(sentence: string): void {
    this.#logger.warn(`telephone stream ${this.#streamId}: ${sentence}`);
  }

  lost(reason: LossReason, error: Error | undefined): void {
    this.#onPlayedOut?.();
    if (error) this.#events.failure(error);
    this.#events.closed(reason);
  }

  /** @returns how much sound came, in milliseconds. */
  #take(message: PhoneMessage): number {
    switch (message.type) {
      case "media":
        return this.#receive(message.payload, message.timestampMs);
      case "mark":
        this.#playback.returned(message.name, this.#clock.nowMs());
        if (!this.#playback.awaitsMark) this.#onPlayedOut?.();
        return 0;
      case "dtmf":
        this.#events.key(message.digit);
        return 0;
      case "stop":
        this.#leave();
        return 0;
      case "invalid":
        this.#link.complain(message.reason);
        return 0;
      case "connected":
      case "start":
      case "unknown":
        return 0;
    }
  }

  #leave(): void {
    void this.#link.close();
    this.#onPlayedOut?.();
    this.#events.closed("peer-left");
  }

  #receive(payload: Uint8Array, timestampMs: number | undefined): number {
    if (payload.length === 0) return 0;
    this.#inPackets += 1;
    this.#inBytes += payload.length;
    const samples = this.#decode(payload);
    const { sampleRate } = this.#carrier;
    const timestampUs = timestampMs === undefined ? undefined : timestampMs * 1000;
    this.#events.audioFrame(new AudioFrame({ samples, sampleRate, timestampUs }));
    return (samples.length * 1000) / sampleRate;
  }

  #decode(payload: Uint8Array): Int16Array {
    if (this.#carrier.codec === "PCMU") return decodeMuLaw(payload);
    const audio = parseAudioPayload(payload, { encoding: "pcm16", channels: 1 });
    invariant(audio.type === "pcm16", "the carrier has read the message");
    return audio.samples;
  }

  /** Resolves when the caller has heard what was sent, the connection is over, or the answer takes too long. */
  async #playOut(): Promise<void> {
    const { unheardMs } = this;
    if (unheardMs === 0 || !this.#link.sendText(this.#carrier.mark(this.#streamId, this.#playback.mark()))) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.after(unheardMs + LAST_MARK_GRACE_MS, resolve);
      this.#onPlayedOut = () => {
        cancel();
        resolve();
      };
    });
  }
}
