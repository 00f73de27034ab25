import { demultiplex } from "../../src/rtp/demultiplex.ts";
import { AudioReceiveStream } from "../../src/rtp/audio-receive-stream.ts";
import { FrameAssembler } from "../../src/rtp/frame-assembler.ts";
import { h264Depacketizer } from "../../src/rtp/h264/depacketizer.ts";
import { findNalUnits } from "../../src/rtp/h264/nal-unit.ts";
import {
  HEADER_EXTENSION_URIS,
  HeaderExtensionMap,
  type HeaderExtensionName,
} from "../../src/rtp/header-extensions.ts";
import { carriesPreviousSound, opusPacketTicks, startsOpusSilence } from "../../src/rtp/opus-packet.ts";
import { type RtpPacket, parseRtpPacket } from "../../src/rtp/packet.ts";
import { RoundTripTime } from "../../src/rtp/round-trip-time.ts";
import { parseRtcp, serializeRtcp } from "../../src/rtp/rtcp/compound.ts";
import { unwrapRtx } from "../../src/rtp/rtx.ts";
import { SequenceUnwrapper } from "../../src/rtp/sequence.ts";
import type { VideoDepacketizer } from "../../src/rtp/video-payload-format.ts";
import { VideoReceiveStream } from "../../src/rtp/video-receive-stream.ts";
import { VideoSendStream } from "../../src/rtp/video-send-stream.ts";
import { vp8Depacketizer } from "../../src/rtp/vp8/depacketizer.ts";
import { Vp8Packetizer } from "../../src/rtp/vp8/packetizer.ts";
import { parseVp8PayloadDescriptor } from "../../src/rtp/vp8/payload-descriptor.ts";
import { FrameMaker } from "../rtp/support/frames.ts";
import { SeededRandom } from "../rtp/support/seeded-random.ts";
import { capturedPackets } from "./captured-packets.ts";
import type { FuzzTarget } from "./fuzz-target.ts";

const { rtp, rtcp } = capturedPackets();
const payloads = rtp.map((bytes) => parseRtpPacket(bytes)?.payload ?? bytes);
const NAMES = Object.keys(HEADER_EXTENSION_URIS) as HeaderExtensionName[];
const EXTENSIONS = new HeaderExtensionMap(NAMES.map((name, index) => [index + 1, HEADER_EXTENSION_URIS[name]]));

const OURS = { ssrc: 2, cname: "b" };

/** What is wrong with a result, which a parser must not give. */
function demand(holds: boolean, claim: string): void {
  if (!holds) throw new Error(`broken: ${claim}`);
}

const rtpTarget: FuzzTarget = {
  name: "RTP packet and its header extensions",
  corpus: rtp,
  share: 2,
  open: () => (bytes) => {
    demultiplex(bytes);
    const packet = parseRtpPacket(bytes);
    if (!packet) return false;
    const { extensionStart, extensionEnd, payload, paddingByteLength } = packet;
    const fits = extensionStart <= extensionEnd && extensionEnd + payload.length + paddingByteLength === bytes.length;
    demand(fits, "the parts of a packet lie within it");
    for (const name of NAMES) EXTENSIONS.read(packet, name);
    return true;
  },
};

const rtcpTarget: FuzzTarget = {
  name: "RTCP compound packet",
  corpus: rtcp,
  share: 2,
  open: () => (bytes) => {
    const packets = parseRtcp(bytes);
    if (!packets) return false;
    const again = parseRtcp(serializeRtcp(packets, { ssrc: 1, cname: "a" }));
    demand(again !== undefined, "what was read can be written and read again");
    return true;
  },
};

const rtxTarget: FuzzTarget = {
  name: "retransmitted packet (RTX)",
  corpus: rtp,
  open: () => (bytes) => {
    const packet = parseRtpPacket(bytes);
    const original = packet && unwrapRtx(packet, { ssrc: 1, payloadType: 96 });
    if (!packet || !original) return false;
    demand(original.payload.length === packet.payload.length - 2, "an original is two bytes shorter");
    return true;
  },
};

const opusTarget: FuzzTarget = {
  name: "Opus packet",
  corpus: payloads,
  open: () => (bytes) => {
    const ticks = opusPacketTicks(bytes);
    startsOpusSilence(bytes);
    carriesPreviousSound(bytes);
    if (ticks === undefined) return false;
    demand(ticks > 0 && ticks <= 5760, "an Opus packet lasts at most 120 ms (RFC 6716 §3.2.5)");
    return true;
  },
};

const descriptorTarget: FuzzTarget = {
  name: "VP8 payload descriptor",
  corpus: payloads,
  open: () => (bytes) => {
    const descriptor = parseVp8PayloadDescriptor(bytes);
    if (!descriptor) return false;
    demand(descriptor.byteLength < Math.max(1, bytes.length), "a descriptor leaves something to describe");
    return true;
  },
};

/** One input holds the payloads of a frame: the first byte of each says how long it is. */
function splitPayloads(bytes: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length && parts.length < 8;) {
    const end = Math.min(bytes.length, at + 1 + 4 * (bytes[at] ?? 0));
    parts.push(bytes.subarray(at + 1, end));
    at = end;
  }
  return parts;
}

function depacketizerTarget(name: string, depacketizer: VideoDepacketizer): FuzzTarget {
  return {
    name: `${name} depacketizer`,
    corpus: payloads.map((payload) => Uint8Array.of(Math.min(255, Math.ceil(payload.length / 4)), ...payload)),
    open: () => (bytes) => {
      const parts = splitPayloads(bytes);
      for (const part of parts) depacketizer.beginsKeyframe(part);
      const frame = depacketizer.depacketize(parts);
      if (!frame) return false;
      for (const { start, end } of findNalUnits(frame.data)) {
        demand(start <= end && end <= frame.data.length, "NAL units lie within the frame");
      }
      return true;
    },
  };
}

const nalTarget: FuzzTarget = {
  name: "NAL units",
  corpus: [...payloads, Uint8Array.of(0, 0, 0, 1, 0x67, 0x42, 0, 0, 1, 0x68, 0, 0, 0, 1, 0x65)],
  tokens: [Uint8Array.of(0, 0, 1), Uint8Array.of(0, 0, 0, 1), Uint8Array.of(0, 0, 3)],
  open: () => (bytes) => findNalUnits(bytes).length > 0,
};

/**
 * A camera's stream that is good but for what the inputs do to it: most packets are as they were made, some carry an input's
 * payload in their place, and some inputs come as they are, from wherever they seem to.
 */
class DamagedStream {
  readonly #maker: FrameMaker;
  readonly #payloadType: number;
  readonly #rtxPayloadType: number;
  readonly #waiting: RtpPacket[] = [];
  #frameCount = 0;
  #count = 0;
  #sequenceNumber = 65_000;

  constructor(codec: "H264" | "VP8", { payloadType, rtxPayloadType }: { payloadType: number; rtxPayloadType: number }) {
    this.#maker = new FrameMaker({
      codec,
      firstSequenceNumber: 65_000,
      firstTimestamp: 1,
      random: new SeededRandom(1),
    });
    this.#payloadType = payloadType;
    this.#rtxPayloadType = rtxPayloadType;
  }

  /** What comes next, by way of an input. */
  next(bytes: Uint8Array): RtpPacket {
    this.#count += 1;
    const packet = parseRtpPacket(bytes.slice());
    if (packet && this.#count % 7 === 0) return this.#stray(packet);
    const good = this.#good();
    this.#sequenceNumber = good.sequenceNumber;
    if (!packet || this.#count % 9 !== 0) return good;
    return { ...good, payload: packet.payload, marker: packet.marker };
  }

  /** The input itself, numbered like those around it but for one in a hundred. */
  #stray(packet: RtpPacket): RtpPacket {
    const isFar = this.#count % 700 === 0;
    const near = (this.#sequenceNumber + (packet.sequenceNumber % 40) - 30) & 0xffff;
    const sequenceNumber = isFar ? packet.sequenceNumber : near;
    if (this.#count % 2 === 0) return { ...packet, ssrc: 1, payloadType: this.#payloadType, sequenceNumber };
    const payload = Uint8Array.of(sequenceNumber >> 8, sequenceNumber & 0xff, ...packet.payload);
    return { ...packet, ssrc: 3, payloadType: this.#rtxPayloadType, payload };
  }

  #good(): RtpPacket {
    for (let next = this.#waiting.shift(); ; next = this.#waiting.shift()) {
      if (next) return { ...next, ssrc: 1, payloadType: this.#payloadType };
      this.#frameCount += 1;
      this.#waiting.push(...this.#maker.next({ keyframe: this.#frameCount % 30 === 1, byteLength: 1500 }).packets);
    }
  }
}

const codecs = [
  ["H264", { payloadType: 102, rtxPayloadType: 103 }],
  ["VP8", { payloadType: 96, rtxPayloadType: 97 }],
] as const;

const assemblerTargets = codecs.map(([codec, types]): FuzzTarget => ({
  name: `frame assembler, ${codec}`,
  corpus: rtp,
  share: 0.5,
  open: () => {
    const depacketizer = codec === "H264" ? h264Depacketizer : vp8Depacketizer;
    const assembler = new FrameAssembler({ depacketizers: new Map([[types.payloadType, depacketizer]]) });
    const stream = new DamagedStream(codec, types);
    const unwrapper = new SequenceUnwrapper();
    let nowMs = 0;
    return (bytes) => {
      nowMs += 5;
      assembler.handleTimer(nowMs);
      const packet = stream.next(bytes);
      if (packet.payloadType !== types.payloadType) return false; // Retransmissions have a numbering of their own.
      return assembler.insert(packet, { sequence: unwrapper.unwrap(packet.sequenceNumber), nowMs }).length > 0;
    };
  },
}));

const videoStreamTargets = codecs.map(([codec, types]): FuzzTarget => ({
  name: `receiving video stream, ${codec}`,
  corpus: [...rtp, ...rtcp],
  share: 0.5,
  open: () => {
    const { payloadType, rtxPayloadType } = types;
    const receiver = new VideoReceiveStream({
      ssrc: 1,
      localSsrc: 2,
      codecs: new Map([[payloadType, codec]]),
      rtxPayloadTypes: new Map([[rtxPayloadType, payloadType]]),
      extensions: EXTENSIONS,
      feedback: { nack: true, pli: true, fir: true, remb: true },
      roundTripTime: new RoundTripTime(),
    });
    const stream = new DamagedStream(codec, types);
    let nowMs = 0;
    return (bytes) => {
      nowMs += 5;
      for (const packet of parseRtcp(bytes) ?? []) receiver.handleRtcp(packet, nowMs);
      const frames = receiver.handlePacket(stream.next(bytes), nowMs);
      const due = receiver.handleTimer(nowMs);
      if (due.length > 0) demand(parseRtcp(serializeRtcp(due, OURS)) !== undefined, "RTCP of our own can be read");
      return frames.length > 0;
    };
  },
}));

const audioStreamTarget: FuzzTarget = {
  name: "receiving audio stream",
  corpus: [...rtp, ...rtcp],
  share: 0.5,
  open: () => {
    const receiver = new AudioReceiveStream({ ssrc: 1, localSsrc: 2, nack: true, roundTripTime: new RoundTripTime() });
    let [nowMs, count] = [0, 0];
    return (bytes) => {
      nowMs += 20;
      for (const packet of parseRtcp(bytes) ?? []) receiver.handleRtcp(packet, nowMs);
      const packet = parseRtpPacket(bytes.slice());
      if (!packet) return false;
      count += 1;
      const place = { sequenceNumber: count & 0xffff, timestamp: (count * 960) >>> 0 };
      const audio = receiver.handlePacket(
        { ...packet, ssrc: 1, payloadType: 111, ...(count % 7 !== 0 && place) },
        nowMs,
      );
      const { rtcp: due } = receiver.handleTimer(nowMs);
      if (due.length > 0) demand(parseRtcp(serializeRtcp([...due], OURS)) !== undefined, "RTCP of our own can be read");
      return audio.length > 0;
    };
  },
};

const sendStreamTarget: FuzzTarget = {
  name: "sending video stream, its RTCP",
  corpus: rtcp,
  share: 0.5,
  open: () => {
    const stream = new VideoSendStream({
      ssrc: 1,
      cname: "a",
      payloadType: 96,
      packetizer: new Vp8Packetizer({ firstPictureId: 0 }),
      extensions: EXTENSIONS,
      timestampOffset: 0,
      firstSequenceNumber: 0,
      wallOffsetMs: 0,
      roundTripTime: new RoundTripTime(),
    });
    const picture = new Uint8Array(3000);
    let count = 0;
    return (bytes) => {
      count += 1;
      const nowMs = count * 3;
      if (count % 11 === 0) {
        stream.packetize(
          { data: picture, keyframe: stream.takeForcedKeyframe(nowMs), timestampUs: nowMs * 1000 },
          nowMs,
        );
      }
      const packets = parseRtcp(bytes) ?? [];
      for (const packet of packets) {
        // Reports about another stream change nothing: make this one theirs.
        if ("mediaSsrc" in packet) stream.handleRtcp({ ...packet, mediaSsrc: 1 }, nowMs);
        else if ("reports" in packet) {
          stream.handleRtcp({ ...packet, reports: packet.reports.map((report) => ({ ...report, ssrc: 1 })) }, nowMs);
        } else stream.handleRtcp(packet, nowMs);
      }
      stream.handleTimer(nowMs);
      const { targetBps } = stream.stats;
      demand(targetBps > 0 && targetBps < 1e9, `a target of ${targetBps} bit/s`);
      return packets.length > 0;
    };
  },
};

/** Everything of `src/rtp/` that reads what the network brings. */
export const rtpTargets: readonly FuzzTarget[] = [
  rtpTarget,
  rtcpTarget,
  rtxTarget,
  opusTarget,
  descriptorTarget,
  depacketizerTarget("H.264", h264Depacketizer),
  depacketizerTarget("VP8", vp8Depacketizer),
  nalTarget,
  ...assemblerTargets,
  ...videoStreamTargets,
  audioStreamTarget,
  sendStreamTarget,
];
