import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parseOffer } from "../../../src/protocol/sdp/offer.ts";
import { parseRtcp } from "../../../src/rtp/rtcp/compound.ts";
import { planMedia } from "../../../src/transports/webrtc/media-plan.ts";
import { PeerMedia } from "../../../src/transports/webrtc/peer-media.ts";
import { fromHex } from "../../rtp/support/hex.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const CAPTURE = new URL("../../captures/chromium-transport-feedback.jsonl", import.meta.url);

interface CapturedPacket {
  readonly t: number;
  readonly kind: "rtp" | "rtcp";
  readonly hex: string;
}

it("tells Chromium of each of its packets, and no estimate of its own", async () => {
  const [header = "", ...lines] = readFileSync(CAPTURE, "utf8").trim().split("\n");
  const { offer } = JSON.parse(header) as { offer: string };
  const clock = new ManualClock();
  const sent: Uint8Array[] = [];
  const failures: Error[] = [];
  const media = new PeerMedia({
    plan: planMedia(parseOffer(offer), { modality: "video", mode: "send-receive", allowExtraTracks: false }),
    clock,
    events: { videoFrame: (frame) => frame.release(), audioFrame: () => {}, failure: (error) => failures.push(error) },
    send: (packet) => sent.push(packet),
  });
  media.start();
  let packets = 0;
  for (const line of lines) {
    const { t, kind, hex } = JSON.parse(line) as CapturedPacket;
    clock.advance(Math.max(0, t - clock.nowMs()));
    if (kind === "rtcp") media.handleRtcp(fromHex(hex), clock.nowMs());
    else {
      media.handleRtp(fromHex(hex), clock.nowMs());
      packets += 1;
    }
  }
  clock.advance(1000);
  await media.close();
  const told = sent.flatMap((datagram) => parseRtcp(datagram) ?? []);
  const feedback = told.flatMap((packet) => (packet.type === "transport-wide-feedback" ? [packet] : []));
  expect(feedback.reduce((sum, { arrivals }) => sum + arrivals.length, 0)).toBe(packets);
  expect(feedback.map(({ feedbackCount }) => feedbackCount)).toEqual([...feedback.keys()]);
  expect(told.filter(({ type }) => type === "remb")).toEqual([]);
  expect(failures).toEqual([]);
});
