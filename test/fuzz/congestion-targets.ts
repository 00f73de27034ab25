import { TRANSPORT_BITRATE_LIMITS } from "../../src/rtp/bitrate-limits.ts";
import { HEADER_EXTENSION_URIS, HeaderExtensionMap } from "../../src/rtp/header-extensions.ts";
import { RtpHeaderTemplate } from "../../src/rtp/header-template.ts";
import { PacketSender } from "../../src/rtp/packet-sender.ts";
import { RoundTripTime } from "../../src/rtp/round-trip-time.ts";
import { parseRtcp, serializeRtcp } from "../../src/rtp/rtcp/compound.ts";
import { TransportFeedbackGenerator } from "../../src/rtp/transport-feedback-generator.ts";
import { capturedPackets } from "./captured-packets.ts";
import type { FuzzTarget } from "./fuzz-target.ts";

const { rtcp } = capturedPackets();
const feedback = rtcp.filter((bytes) => parseRtcp(bytes)?.some(({ type }) => type === "transport-wide-feedback"));
const EXTENSIONS = new HeaderExtensionMap([[3, HEADER_EXTENSION_URIS.transportSequenceNumber]]);
const TEMPLATE = new RtpHeaderTemplate({
  ssrc: 1,
  payloadType: 96,
  extensions: EXTENSIONS.elements("transportSequenceNumber", 0),
});

/** A packet to send, with a place for its transport-wide number. */
function packetOf(byteLength: number): Uint8Array<ArrayBuffer> {
  const packet = new Uint8Array(TEMPLATE.byteLength + byteLength);
  TEMPLATE.write(packet, { marker: true, sequenceNumber: 1, timestamp: 1 });
  return packet;
}

/** Feedback that lies: about packets that were sent, but not what became of them. */
const sender: FuzzTarget = {
  name: "bandwidth estimate and pacer, by feedback that lies",
  corpus: feedback,
  share: 0.3,
  open: () => {
    let sentCount = 0;
    const { minimumBps, maximumBps } = TRANSPORT_BITRATE_LIMITS;
    const path = new PacketSender({
      extensions: EXTENSIONS,
      roundTripTime: new RoundTripTime(),
      limits: TRANSPORT_BITRATE_LIMITS,
      makePadding: (byteLength) => packetOf(Math.min(255, byteLength)),
      send: () => (sentCount += 1),
      onFlush: () => {},
    });
    let nowMs = 0;
    return (bytes) => {
      nowMs += 10;
      path.send([packetOf(1100), packetOf(300)], "video", nowMs);
      const packets = parseRtcp(bytes) ?? [];
      for (const packet of packets) {
        const isStray = nowMs % 500 === 0;
        if (packet.type !== "transport-wide-feedback" || isStray) path.handleRtcp(packet, nowMs);
        else path.handleRtcp({ ...packet, baseSequence: (sentCount - (packet.baseSequence % 50)) & 0xffff }, nowMs);
      }
      path.handleTimer(nowMs);
      const stats = path.statsAt(nowMs);
      const estimateBps = stats?.estimateBps ?? Number.NaN;
      const isSane = estimateBps >= minimumBps && estimateBps <= maximumBps && Number.isFinite(stats?.queueMs);
      if (!isSane) throw new Error(`broken: ${JSON.stringify(stats)}`);
      return packets.length > 0;
    };
  },
};

const generator: FuzzTarget = {
  name: "feedback about packets with any numbers",
  corpus: [Uint8Array.of(0, 1, 10), Uint8Array.of(0xff, 0xff, 1), Uint8Array.of(0x80, 0, 200), ...rtcp],
  share: 0.5,
  open: () => {
    const told = new TransportFeedbackGenerator({ senderSsrc: 2 });
    let [nowMs, count] = [0, 0];
    return (bytes) => {
      count += 1;
      const number = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
      nowMs += (bytes[2] ?? 0) / 16;
      const transportSequence = count % 10 === 0 ? number : (count + (number % 9)) & 0xffff;
      told.handlePacket({ transportSequence, ssrc: 1, byteLength: bytes.length }, nowMs);
      const due = told.takeFeedback(nowMs);
      if (due.length === 0) return false;
      if (due.length > 64) throw new Error(`broken: ${due.length} packets of feedback at once`);
      for (const packet of due) {
        const again = parseRtcp(serializeRtcp([packet], { ssrc: 2, cname: "b", reducedSize: true }));
        if (JSON.stringify(again) !== JSON.stringify([packet]))
          throw new Error("broken: feedback does not come back as it was");
      }
      return true;
    };
  },
};

/** What finds out how much the network bears. */
export const congestionTargets: readonly FuzzTarget[] = [sender, generator];
