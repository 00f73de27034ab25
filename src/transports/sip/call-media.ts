import type { Socket } from "node:dgram";
import type { Clock } from "../../async/clock.ts";
import { toError } from "../../errors.ts";
import type { AudioFrame } from "../../media/audio-frame.ts";
import {
  type OwnDescription,
  PHONE_CODECS,
  type PhoneCodec,
  type PhoneDescription,
  answeredDirection,
  writePhoneDescription,
} from "../../protocol/sip/phone-description.ts";
import { demultiplex } from "../../rtp/demultiplex.ts";
import { parseRtpPacket } from "../../rtp/packet.ts";
import { RoundTripTime } from "../../rtp/round-trip-time.ts";
import { type RtcpPacket, parseRtcp, serializeRtcp } from "../../rtp/rtcp/compound.ts";
import type { Logger } from "../../session/logger.ts";
import type { TransportStats } from "../../session/transport-stats.ts";
import { PhoneReceiver } from "./phone-receiver.ts";
import { PhoneSender } from "./phone-sender.ts";
import type { RtpPorts } from "./rtp-ports.ts";
import { addressFor, plainAddress } from "./sip-address.ts";

/** How often it is reported (RFC 3550 §6.2), in milliseconds. */
const REPORT_MS = 5000;
/** How long nothing must have come from where sound came from before another place of the same caller counts, in milliseconds. */
const MOVED_MS = 1000;
/** The number that we offer for keys; others are as good. */
const EVENT_PAYLOAD_TYPE = 101;
/** The longest datagram that is read, in bytes: twelve times what 20 ms take. */
const MAX_DATAGRAM_BYTES = 2048;

export interface CallMediaOptions {
  readonly ports: RtpPorts;
  /** Where the far end reaches these ports. */
  readonly address: string;
  /** Those that are spoken, the best one first. */
  readonly codecs: readonly PhoneCodec[];
  readonly clock: Clock;
  readonly logger: Logger;
  /** A random number below this one. */
  readonly random: (below: number) => number;
  /** Where the far end's SIP comes from: a telephone behind NAT sends its sound from there. */
  readonly signallingAddress: string;
}

/** Who hears what comes. */
export interface CallMediaListener {
  readonly onAudio: (frame: AudioFrame) => void;
  readonly onKey: (digit: string) => void;
}

/** The sound of one call: its two ports, what was agreed on about it, packets and reports both ways. */
export class CallMedia {
  /** Set when somebody is there to listen. What comes before is lost. */
  listener: CallMediaListener | undefined;
  readonly #options: CallMediaOptions;
  readonly #receiver: PhoneReceiver;
  readonly #sender: PhoneSender;
  readonly #roundTripTime = new RoundTripTime();
  readonly #ssrc: number;
  readonly #cname: string;
  readonly #sessionId: number;
  readonly #wallOffsetMs: number;
  readonly #family: string;
  #remote: PhoneDescription | undefined;
  #isHeld = false;
  /** Where sound really comes from, and where it goes to (RFC 4961). */
  #source: { readonly address: string; readonly port: number } | undefined;
  #rtcpSource: { readonly address: string; readonly port: number } | undefined;
  #lastHeardMs: number;
  #reportAtMs = Infinity;
  #timer: { readonly atMs: number; readonly cancel: () => void } | undefined;
  #version = 0;
  #described = "";
  #closed = false;

  constructor(options: CallMediaOptions) {
    const { ports, clock, random } = options;
    this.#options = options;
    this.#ssrc = random(2 ** 32);
    this.#cname = random(2 ** 32).toString(16);
    this.#sessionId = random(2 ** 31);
    this.#wallOffsetMs = clock.wallMs() - clock.nowMs();
    this.#lastHeardMs = clock.nowMs();
    this.#family = ports.rtp.address().family;
    this.#receiver = new PhoneReceiver({
      onAudio: (frame) => !this.#isHeld && this.listener?.onAudio(frame),
      onKey: (digit) => this.listener?.onKey(digit),
    });
    this.#sender = new PhoneSender({
      ssrc: this.#ssrc,
      timestampOffset: random(2 ** 32),
      firstSequenceNumber: random(2 ** 15),
      wallOffsetMs: this.#wallOffsetMs,
      send: (packet) => this.#sendTo(ports.rtp, packet, this.#source ?? this.#remote),
    });
    for (const socket of [ports.rtp, ports.rtcp]) {
      socket.on("message", (bytes, from) => this.#take(socket, bytes, plainAddress(from.address), from.port));
      socket.on("error", (error) => options.logger.debug("a port for the sound of a call failed:", error));
    }
  }

  /** How long ago something came from the far end, in milliseconds. */
  silentForMs(nowMs: number): number {
    return nowMs - this.#lastHeardMs;
  }

  /** How long ago sound was sent, in milliseconds; silence does not count. */
  soundSentMs(nowMs: number): number {
    return nowMs - this.#sender.lastSoundMs;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** An offer of all that is spoken. */
  offer(): string {
    const codecs = this.#options.codecs.map((codec) => ({ codec, payloadType: PHONE_CODECS[codec] }));
    return this.#describe({ codecs, eventPayloadType: EVENT_PAYLOAD_TYPE, direction: "sendrecv", offer: undefined });
  }

  /** Answers an offer and keeps to it from now on; `undefined` when no codec is common. */
  answer(offer: PhoneDescription): string | undefined {
    const codec = this.#agree(offer);
    if (!codec) return undefined;
    const direction = answeredDirection(offer.direction);
    return this.#describe({ codecs: [codec], eventPayloadType: offer.eventPayloadType, direction, offer });
  }

  /** Takes the answer to our offer; false when it holds no codec of ours. */
  accept(answer: PhoneDescription): boolean {
    return this.#agree(answer) !== undefined;
  }

  send(frame: AudioFrame): void {
    this.#sender.send(frame, this.#options.clock.nowMs());
  }

  stats(): TransportStats {
    return {
      inbound: { audio: this.#receiver.stats },
      outbound: { audio: this.#sender.stats },
      roundTripMs: this.#roundTripTime.currentMs,
    };
  }

  /** Says goodbye and frees the ports. Harmless when repeated. */
  close(): void {
    if (this.#closed) return;
    this.#sendRtcp([...this.#reports(this.#options.clock.nowMs()), { type: "goodbye", ssrcs: [this.#ssrc] }]);
    this.#closed = true;
    this.#timer?.cancel();
    const { rtp, rtcp } = this.#options.ports;
    rtp.close();
    rtcp.close();
  }

  #describe(own: Pick<OwnDescription, "codecs" | "eventPayloadType" | "direction" | "offer">): string {
    const { address, ports } = this.#options;
    const write = (): string =>
      writePhoneDescription({
        ...own,
        address,
        port: ports.rtp.address().port,
        rtcpPort: ports.rtcp.address().port,
        sessionId: this.#sessionId,
        sessionVersion: this.#version,
      });
    if (write() !== this.#described) this.#version += 1;
    this.#described = write();
    return this.#described;
  }

  #agree(remote: PhoneDescription): PhoneDescription["codecs"][number] | undefined {
    const { codecs, clock } = this.#options;
    const common = remote.codecs.filter(({ codec }) => codecs.includes(codec));
    const [codec] = common;
    if (!codec) return undefined;
    const before = this.#remote;
    const nowMs = clock.nowMs();
    // Somebody who only sends in the middle of a call plays music to whom they put on hold: no handler wants to hear it.
    this.#isHeld = remote.direction === "inactive" || (remote.direction === "sendonly" && before !== undefined);
    this.#remote = remote;
    if (before && (before.address !== remote.address || before.port !== remote.port)) {
      this.#source = undefined;
      this.#rtcpSource = undefined;
    }
    this.#receiver.expect(common, remote.eventPayloadType);
    const isListening = remote.direction === "sendrecv" || remote.direction === "recvonly";
    if (isListening) this.#sender.start(codec, nowMs);
    else this.#sender.stop();
    this.#lastHeardMs = nowMs;
    if (this.#reportAtMs === Infinity) this.#reportAtMs = nowMs + REPORT_MS;
    this.#schedule();
    return codec;
  }

  #take(socket: Socket, bytes: Buffer, address: string, port: number): void {
    const remote = this.#remote;
    if (this.#closed || !remote || bytes.length > MAX_DATAGRAM_BYTES) return;
    // Anybody may send to these ports. Only whom the call is with is heard.
    if (address !== remote.address && address !== this.#options.signallingAddress && address !== remote.rtcp.address)
      return;
    try {
      if (demultiplex(bytes) === "rtcp") this.#takeRtcp(bytes, { address, port });
      else if (socket === this.#options.ports.rtp) this.#takeRtp(bytes, { address, port });
    } catch (thrown) {
      this.#options.logger.error("a packet of a telephone call could not be taken:", toError(thrown));
    }
    this.#schedule();
  }

  #takeRtp(bytes: Buffer, from: { readonly address: string; readonly port: number }): void {
    const packet = parseRtpPacket(bytes);
    const nowMs = this.#options.clock.nowMs();
    if (!packet || !this.#isSource(from, nowMs)) return;
    this.#lastHeardMs = nowMs;
    this.#receiver.handlePacket(packet, nowMs);
  }

  /** Whether sound is taken from there: where it came from first, or where the call's description says that it comes from. */
  #isSource(from: { readonly address: string; readonly port: number }, nowMs: number): boolean {
    const source = this.#source;
    if (source && source.address === from.address && source.port === from.port) return true;
    const isDescribed = from.address === this.#remote?.address && from.port === this.#remote.port;
    if (source && !isDescribed && nowMs - this.#lastHeardMs < MOVED_MS) return false;
    this.#source = from;
    return true;
  }

  #takeRtcp(bytes: Buffer, from: { readonly address: string; readonly port: number }): void {
    const nowMs = this.#options.clock.nowMs();
    const packets = parseRtcp(bytes);
    if (!packets) return;
    this.#lastHeardMs = nowMs;
    this.#rtcpSource = from;
    for (const packet of packets) {
      if (packet.type === "sender-report") this.#receiver.handleSenderReport(packet, nowMs);
      if (packet.type !== "sender-report" && packet.type !== "receiver-report") continue;
      for (const report of packet.reports) {
        if (report.ssrc !== this.#ssrc) continue;
        this.#roundTripTime.handleReportBlock(report, nowMs + this.#wallOffsetMs);
        this.#sender.fractionLost = report.fractionLost / 256;
      }
    }
  }

  /** One timer for all: it is moved only to ring earlier, and looks again when it rings for nothing. */
  #schedule(): void {
    if (this.#closed) return;
    const atMs = Math.min(this.#receiver.nextTimerMs, this.#sender.nextTimerMs, this.#reportAtMs);
    if (atMs === Infinity || (this.#timer && this.#timer.atMs <= atMs)) return;
    this.#timer?.cancel();
    const { clock } = this.#options;
    const cancel = clock.after(Math.max(0, atMs - clock.nowMs()), () => {
      this.#timer = undefined;
      this.#handleTimer(clock.nowMs());
      this.#schedule();
    });
    this.#timer = { atMs, cancel };
  }

  #handleTimer(nowMs: number): void {
    this.#receiver.handleTimer(nowMs);
    this.#sender.handleTimer(nowMs);
    if (nowMs < this.#reportAtMs) return;
    this.#reportAtMs = nowMs + REPORT_MS;
    this.#sendRtcp(this.#reports(nowMs));
  }

  #reports(nowMs: number): RtcpPacket[] {
    const block = this.#receiver.takeReport(nowMs);
    const reports = block ? [block] : [];
    const sent = this.#sender.report(nowMs);
    return [sent ? { ...sent, reports } : { type: "receiver-report", ssrc: this.#ssrc, reports }];
  }

  #sendRtcp(packets: readonly RtcpPacket[]): void {
    const { rtp, rtcp } = this.#options.ports;
    const bytes = serializeRtcp(packets, { ssrc: this.#ssrc, cname: this.#cname });
    if (this.#remote?.isRtcpMux) this.#sendTo(rtp, bytes, this.#source ?? this.#remote);
    else this.#sendTo(rtcp, bytes, this.#rtcpSource ?? this.#remote?.rtcp);
  }

  #sendTo(
    socket: Socket,
    bytes: Uint8Array,
    to: { readonly address: string; readonly port: number } | undefined,
  ): void {
    if (this.#closed || !to || to.address === "0.0.0.0" || to.address === "::") return;
    const { logger } = this.#options;
    try {
      socket.send(
        bytes,
        to.port,
        addressFor(to.address, this.#family),
        (error) => error && logger.debug("sound could not be sent:", error),
      );
    } catch (thrown) {
      logger.debug("sound could not be sent:", toError(thrown));
    }
  }
}
