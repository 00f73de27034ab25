import { PAYLOAD_FEEDBACK_FORMAT, TRANSPORT_FEEDBACK_FORMAT } from "./feedback-header.ts";
import { type FullIntraRequest, parseFullIntraRequest, serializeFullIntraRequest } from "./full-intra-request.ts";
import { type Goodbye, parseGoodbye, serializeGoodbye } from "./goodbye.ts";
import { type Nack, parseNack, serializeNack } from "./nack.ts";
import { readRtcpBody, RTCP_TYPE, type RtcpBody } from "./packet-header.ts";
import {
  parsePictureLossIndication,
  type PictureLossIndication,
  serializePictureLossIndication,
} from "./picture-loss-indication.ts";
import { parseReceiverReport, type ReceiverReport, serializeReceiverReport } from "./receiver-report.ts";
import { parseRemb, type Remb, serializeRemb } from "./remb.ts";
import { parseSenderReport, type SenderReport, serializeSenderReport } from "./sender-report.ts";
import { parseSourceDescription, serializeSourceDescription, type SourceDescription } from "./source-description.ts";
import {
  parseTransportWideFeedback,
  serializeTransportWideFeedback,
  type TransportWideFeedback,
} from "./transport-wide-feedback.ts";

/** Every kind of RTCP packet that this package reads and writes. */
export type RtcpPacket =
  | SenderReport
  | ReceiverReport
  | SourceDescription
  | Goodbye
  | Nack
  | PictureLossIndication
  | FullIntraRequest
  | Remb
  | TransportWideFeedback;

/**
 * Reads the RTCP packets in a datagram: a compound one (RFC 3550 §6.1) or a reduced-size one (RFC 5506). Packets of
 * other kinds (APP, XR, other feedback), and packets whose contents are malformed, are left out. Returns `undefined`
 * when the datagram is not a chain of RTCP packets that ends where it ends. Never throws.
 */
export function parseRtcp(datagram: Uint8Array): RtcpPacket[] | undefined {
  const packets: RtcpPacket[] = [];
  let offset = 0;
  do {
    const next = readRtcpBody(datagram, offset);
    if (!next) return undefined;
    const packet = parseBody(next.body);
    if (packet) packets.push(packet);
    offset = next.end;
  } while (offset < datagram.length);
  return packets;
}

function parseBody(body: RtcpBody): RtcpPacket | undefined {
  switch (body.packetType) {
    case RTCP_TYPE.senderReport:
      return parseSenderReport(body);
    case RTCP_TYPE.receiverReport:
      return parseReceiverReport(body);
    case RTCP_TYPE.sourceDescription:
      return parseSourceDescription(body);
    case RTCP_TYPE.goodbye:
      return parseGoodbye(body);
    case RTCP_TYPE.transportFeedback:
      return parseTransportFeedback(body);
    case RTCP_TYPE.payloadFeedback:
      return parsePayloadFeedback(body);
    default:
      return undefined;
  }
}

function parseTransportFeedback(body: RtcpBody): RtcpPacket | undefined {
  switch (body.count) {
    case TRANSPORT_FEEDBACK_FORMAT.nack:
      return parseNack(body);
    case TRANSPORT_FEEDBACK_FORMAT.transportWide:
      return parseTransportWideFeedback(body);
    default:
      return undefined;
  }
}

function parsePayloadFeedback(body: RtcpBody): RtcpPacket | undefined {
  switch (body.count) {
    case PAYLOAD_FEEDBACK_FORMAT.pictureLossIndication:
      return parsePictureLossIndication(body);
    case PAYLOAD_FEEDBACK_FORMAT.fullIntraRequest:
      return parseFullIntraRequest(body);
    case PAYLOAD_FEEDBACK_FORMAT.applicationLayer:
      return parseRemb(body);
    default:
      return undefined;
  }
}

/** One RTCP packet alone. */
export function serializeRtcpPacket(packet: RtcpPacket): Uint8Array<ArrayBuffer> {
  switch (packet.type) {
    case "sender-report":
      return serializeSenderReport(packet);
    case "receiver-report":
      return serializeReceiverReport(packet);
    case "source-description":
      return serializeSourceDescription(packet);
    case "goodbye":
      return serializeGoodbye(packet);
    case "nack":
      return serializeNack(packet);
    case "picture-loss-indication":
      return serializePictureLossIndication(packet);
    case "full-intra-request":
      return serializeFullIntraRequest(packet);
    case "remb":
      return serializeRemb(packet);
    case "transport-wide-feedback":
      return serializeTransportWideFeedback(packet);
    default: {
      const unknown: never = packet;
      return unknown;
    }
  }
}

export interface CompoundOptions {
  /**
   * Whether `a=rtcp-rsize` was negotiated: then feedback may travel without a report in front (RFC 5506). @default
   * false
   */
  readonly reducedSize?: boolean;
  /** The local SSRC and name to put in front of packets that do not begin with a report. */
  readonly ssrc: number;
  readonly cname: string;
}

/**
 * Joins packets into one datagram, in their order. Unless reduced size was agreed, a compound packet has to begin with
 * a report and to name its source (RFC 3550 §6.1): an empty receiver report and a source description are added when
 * they are missing.
 */
export function serializeRtcp(
  packets: readonly RtcpPacket[],
  { reducedSize = false, ssrc, cname }: CompoundOptions,
): Uint8Array<ArrayBuffer> {
  const parts = packets.map(serializeRtcpPacket);
  if (!reducedSize) {
    const first = packets[0]?.type;
    const begins = first === "sender-report" || first === "receiver-report" ? 1 : 0;
    if (!packets.some(({ type }) => type === "source-description")) {
      parts.splice(begins, 0, serializeSourceDescription({ type: "source-description", sources: [{ ssrc, cname }] }));
    }
    if (begins === 0) parts.unshift(serializeReceiverReport({ type: "receiver-report", ssrc, reports: [] }));
  }
  const datagram = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    datagram.set(part, offset);
    offset += part.length;
  }
  return datagram;
}
