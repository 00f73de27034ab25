import { OpusDecoder } from "../../../src/codecs/opus-decoder.ts";
import { OpusEncoder } from "../../../src/codecs/opus-encoder.ts";
import { streamPeerHandler } from "../../../src/handlers/stream-peer-handler.ts";
import { StreamHandler } from "../../../src/handlers/stream-handler.ts";
import type { AudioFrame } from "../../../src/media/audio-frame.ts";
import { AudioSendStream } from "../../../src/rtp/audio-send-stream.ts";
import { HeaderExtensionMap } from "../../../src/rtp/header-extensions.ts";
import { parseRtpPacket, type RtpPacket, serializeRtpPacket } from "../../../src/rtp/packet.ts";
import { RoundTripTime } from "../../../src/rtp/round-trip-time.ts";
import { timestampDistance } from "../../../src/rtp/sequence.ts";
import { Session } from "../../../src/session/session.ts";
import { AudioReceiver } from "../../../src/transports/webrtc/audio-receiver.ts";
import { AudioSender } from "../../../src/transports/webrtc/audio-sender.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { RecordingLogger } from "../../support/recording-logger.ts";
import { RecordingTransport } from "../../support/recording-transport.ts";
import { sine } from "../../support/tones.ts";
import { turn } from "../../support/turn.ts";

const PAYLOAD_TYPE = 111;

/** Says what it heard. */
class Echo extends StreamHandler {
  readonly #sound: AudioFrame[] = [];
  copy(): Echo {
    return new Echo();
  }
  receive(frame: AudioFrame): void {
    this.#sound.push(frame);
  }
  emit(): AudioFrame | null {
    return this.#sound.shift() ?? null;
  }
}

export interface EchoCallOptions {
  /** How many packets of 20 ms the caller sends. */
  readonly packetCount: number;
  /** At what rate the handler takes and gives sound. */
  readonly sampleRate: number;
  readonly channels?: 1 | 2;
  /** How late each packet comes, in milliseconds, at most 20. @default 0 to 15 */
  readonly jitterMs?: (index: number) => number;
  /** A whole number of periods should fit into a second. @default 1000 */
  readonly frequency?: number;
  readonly amplitude?: number;
  /** Told every minute. */
  readonly onMinute?: (minute: number) => void;
}

/** What came back. */
export interface EchoCallResult {
  readonly packetCount: number;
  /** The payloads of the last two seconds. */
  readonly lastPayloads: readonly Uint8Array[];
  /** Packets that did not begin where the one before ended. */
  readonly jumpCount: number;
  /** From a packet's coming to that of its sound leaving, at the beginning and at the end, in milliseconds. */
  readonly firstDelayMs: number;
  readonly lastDelayMs: number;
  readonly waitingMs: number;
  readonly errors: readonly string[];
}

/** A call with an echo in simulated time: Opus packets in, through receiver, session, handler, outlet and sender, and Opus packets out. */
export async function echoCall({
  packetCount,
  sampleRate,
  channels = 1,
  jitterMs = (index) => (index * 7) % 16,
  frequency = 1000,
  amplitude = 0.4,
  onMinute,
}: EchoCallOptions): Promise<EchoCallResult> {
  const clock = new ManualClock();
  const logger = new RecordingLogger();
  const errors: string[] = [];
  const onFailure = (error: Error): number => errors.push(error.message);
  const expectedLayout = channels === 2 ? "stereo" : "mono";
  const echo = new Echo({ inputSampleRate: sampleRate, outputSampleRate: sampleRate, expectedLayout });
  const handler = streamPeerHandler(echo, { mode: "send-receive", video: false });
  const session = new Session({ id: "echo", kind: "loopback", handler, logger, clock, onEnd: () => undefined });

  const sentAtMs: number[] = [];
  const lastPayloads: Uint8Array[] = [];
  let last: RtpPacket | undefined;
  let jumpCount = 0;
  const sender = new AudioSender({
    channels,
    forwardErrorCorrection: false,
    discontinuous: false,
    clock,
    stream: new AudioSendStream({
      ssrc: 7,
      cname: "us",
      payloadType: PAYLOAD_TYPE,
      extensions: new HeaderExtensionMap(),
      timestampOffset: 2 ** 32 - 48_000,
      firstSequenceNumber: 65_000,
      wallOffsetMs: 0,
      roundTripTime: new RoundTripTime(),
    }),
    sendPackets: (packets) => {
      for (const bytes of packets) {
        const packet = parseRtpPacket(bytes);
        if (!packet) throw new Error("a packet of our own was refused");
        if (last && timestampDistance(packet.timestamp, last.timestamp) !== 960) jumpCount += 1;
        last = packet;
        sentAtMs.push(clock.nowMs());
        lastPayloads.push(packet.payload);
        if (lastPayloads.length > 100) lastPayloads.shift();
      }
    },
    onFailure,
  });
  await sender.ready;
  let handedCount = 0;
  const transport = new RecordingTransport();
  transport.audioFormat = sender.format;
  transport.sendAudio = (frame) => {
    handedCount += 1;
    sender.send(frame);
  };
  session.attach(transport);
  session.connected();
  let heardCount = 0;
  const receiver = new AudioReceiver({
    payloadType: PAYLOAD_TYPE,
    localSsrc: 8,
    channels,
    onFrame: (frame) => {
      heardCount += 1;
      session.audioFrame(frame);
    },
    onFailure,
  });

  const isQuiet = (count: number): boolean => heardCount >= count && sentAtMs.length === handedCount;
  const second = await encodedSecond(frequency, { channels, amplitude });
  const begunMs = clock.nowMs();
  const cameAtMs: number[] = [];
  for (let index = 0; index < packetCount; index += 1) {
    clock.advance(Math.max(0, begunMs + index * 20 + jitterMs(index) - clock.nowMs()));
    const payload = second[50 + (index % 50)] ?? new Uint8Array();
    const header = { payloadType: PAYLOAD_TYPE, ssrc: 9, marker: index === 0 };
    const bytes = serializeRtpPacket({
      ...header,
      sequenceNumber: (index + 65_400) & 0xffff,
      timestamp: (index * 960 + 2 ** 32 - 96_000) % 2 ** 32,
      payload,
    });
    const packet = parseRtpPacket(bytes);
    if (!packet) throw new Error("a packet of our own was refused");
    cameAtMs.push(clock.nowMs());
    receiver.handlePacket(packet, clock.nowMs());
    while ((receiver.nextTimerMs ?? Infinity) <= clock.nowMs()) receiver.handleTimer(clock.nowMs());
    // The decoder and the encoder work in real time.
    await turn();
    while (!isQuiet(index + 1)) await turn();
    if (index % 3000 === 2999) onMinute?.((index + 1) / 3000);
  }
  clock.advance(200);
  while (!isQuiet(packetCount)) await turn();
  const result = {
    packetCount: sentAtMs.length,
    lastPayloads: [...lastPayloads],
    jumpCount,
    firstDelayMs: (sentAtMs[50] ?? 0) - (cameAtMs[50] ?? 0),
    lastDelayMs: (sentAtMs[packetCount - 50] ?? 0) - (cameAtMs[packetCount - 50] ?? 0),
    waitingMs: session.playback.waitingMs,
    errors,
  };
  await session.end("server-stopped");
  await Promise.all([receiver.close(), sender.close()]);
  return result;
}

/** Two seconds of a tone in packets; the second one can be repeated without a seam. */
async function encodedSecond(
  frequency: number,
  { channels, amplitude }: { channels: 1 | 2; amplitude: number },
): Promise<Uint8Array[]> {
  await using encoder = await OpusEncoder.create({ channels });
  const packets: Uint8Array[] = [];
  for (let index = 0; index < 100; index += 1) {
    const { samples } = sine(frequency, { length: 960, begin: index * 960, amplitude }).withChannels(channels);
    const packet = await encoder.encode(samples as Int16Array);
    if (packet) packets.push(packet);
  }
  return packets;
}

/** The sound in Opus packets, one channel of it. */
export async function soundOf(payloads: readonly Uint8Array[]): Promise<number[]> {
  await using decoder = await OpusDecoder.create({ channels: 1 });
  return payloads.flatMap((payload) => [...decoder.decode(payload)]).map((sample) => sample / 32_768);
}
