import { invariant } from "../../errors.ts";
import { readUint16, readUint24, writeUint16, writeUint24 } from "../bytes.ts";
import {
  allocateFeedbackPacket,
  FEEDBACK_HEADER_BYTES,
  parseFeedbackHeader,
  TRANSPORT_FEEDBACK_FORMAT,
} from "./feedback-header.ts";
import { RTCP_TYPE, type RtcpBody } from "./packet-header.ts";
import { ChunkReader, ChunkWriter, type PacketStatus } from "./packet-status-chunk.ts";

/** Bytes before the chunks, behind the header of feedback. */
const HEAD_BYTES = 8;
/** What a tick of arrival times is worth, in milliseconds. */
export const ARRIVAL_TICK_MS = 0.25;
/** What a unit of the reference time is worth, in milliseconds. */
export const REFERENCE_UNIT_MS = 64;
/** Bytes of the difference to the arrival before: unsigned in one byte, signed in two. */
const SMALL_DELTA_BYTES = 1;
const LARGE_DELTA_BYTES = 2;

/** A packet that arrived. */
export interface TransportArrival {
  /** How far its transport-wide sequence number lies after the base: 0 to `packetCount` - 1. */
  readonly offset: number;
  /** When it arrived: ticks of 0.25 ms after the reference time. */
  readonly ticks: number;
}

/**
 * Which packets of a transport arrived and when (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1). Packets
 * between the base and its end that are not among `arrivals` did not arrive.
 */
export interface TransportWideFeedback {
  readonly type: "transport-wide-feedback";
  readonly senderSsrc: number;
  /** Of any stream of the transport. */
  readonly mediaSsrc: number;
  /** The transport-wide sequence number that this begins with, 16 bits. */
  readonly baseSequence: number;
  /** How many packets this is about, 1 to 65535. */
  readonly packetCount: number;
  /** On the receiver's clock, in units of 64 ms; 24 bits, so it wraps after twelve days. */
  readonly referenceTime: number;
  /** Counts the feedback packets, 8 bits. */
  readonly feedbackCount: number;
  /** In the order of their offsets; the difference in time from each to the next is at most 8.19 s. */
  readonly arrivals: readonly TransportArrival[];
}

/** Reads feedback about a transport; `undefined` when it is cut off or says nothing. */
export function parseTransportWideFeedback(body: RtcpBody): TransportWideFeedback | undefined {
  const header = parseFeedbackHeader(body);
  const { bytes } = body;
  if (!header || bytes.length < FEEDBACK_HEADER_BYTES + HEAD_BYTES) return undefined;
  const packetCount = readUint16(bytes, FEEDBACK_HEADER_BYTES + 2);
  if (packetCount === 0) return undefined;
  const chunks = new ChunkReader(bytes, FEEDBACK_HEADER_BYTES + HEAD_BYTES, packetCount);
  const received = chunks.readAll();
  if (!received) return undefined;
  const arrivals: TransportArrival[] = [];
  let at = chunks.end;
  let ticks = 0;
  for (const { offset, status } of received) {
    if (at + status > bytes.length) return undefined;
    ticks += status === LARGE_DELTA_BYTES ? (readUint16(bytes, at) << 16) >> 16 : (bytes[at] ?? 0);
    at += status;
    arrivals.push({ offset, ticks });
  }
  return {
    type: "transport-wide-feedback",
    ...header,
    baseSequence: readUint16(bytes, FEEDBACK_HEADER_BYTES),
    packetCount,
    referenceTime: readUint24(bytes, FEEDBACK_HEADER_BYTES + 4),
    feedbackCount: bytes[FEEDBACK_HEADER_BYTES + 7] ?? 0,
    arrivals,
  };
}

/** Writes it as libwebrtc does, bit by bit: the same chunks, and the padding that it fills the last word with. */
export function serializeTransportWideFeedback(feedback: TransportWideFeedback): Uint8Array<ArrayBuffer> {
  const { senderSsrc, mediaSsrc, baseSequence, packetCount, referenceTime, feedbackCount, arrivals } = feedback;
  const writer = new ChunkWriter();
  const deltas: { readonly delta: number; readonly status: PacketStatus }[] = [];
  let lastTicks = 0;
  let nextOffset = 0;
  for (const { offset, ticks } of arrivals) {
    invariant(offset >= nextOffset && offset < packetCount, "arrivals are told in the order of their numbers");
    const delta = ticks - lastTicks;
    invariant(delta >= -0x8000 && delta <= 0x7fff, "arrivals told together lie near each other in time");
    const status = delta >= 0 && delta <= 0xff ? SMALL_DELTA_BYTES : LARGE_DELTA_BYTES;
    for (; nextOffset < offset; nextOffset += 1) writer.add(0);
    writer.add(status);
    deltas.push({ delta, status });
    nextOffset = offset + 1;
    lastTicks = ticks;
  }
  for (; nextOffset < packetCount; nextOffset += 1) writer.add(0);
  const chunks = writer.finish();
  const deltaBytes = deltas.reduce((sum, { status }) => sum + status, 0);
  const usedBytes = HEAD_BYTES + 2 * chunks.length + deltaBytes;
  const padding = -usedBytes & 3;
  const bytes = allocateFeedbackPacket(
    { packetType: RTCP_TYPE.transportFeedback, format: TRANSPORT_FEEDBACK_FORMAT.transportWide },
    { senderSsrc, mediaSsrc, controlByteLength: usedBytes + padding },
  );
  writeUint16(bytes, 12, baseSequence);
  writeUint16(bytes, 14, packetCount);
  writeUint24(bytes, 16, referenceTime);
  bytes[19] = feedbackCount;
  let at = 20;
  for (const chunk of chunks) {
    writeUint16(bytes, at, chunk);
    at += 2;
  }
  for (const { delta, status } of deltas) {
    if (status === LARGE_DELTA_BYTES) writeUint16(bytes, at, delta);
    else bytes[at] = delta;
    at += status;
  }
  if (padding > 0) {
    bytes[0] = (bytes[0] ?? 0) | 0x20;
    bytes[bytes.length - 1] = padding;
  }
  return bytes;
}
