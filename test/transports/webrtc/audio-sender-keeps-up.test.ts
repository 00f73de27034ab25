import { expect, test } from "vitest";
import { AudioFrame } from "../../../src/media/audio-frame.ts";
import { AudioSendStream } from "../../../src/rtp/audio-send-stream.ts";
import { HeaderExtensionMap } from "../../../src/rtp/header-extensions.ts";
import { parseRtpPacket } from "../../../src/rtp/packet.ts";
import { RoundTripTime } from "../../../src/rtp/round-trip-time.ts";
import { AudioSender } from "../../../src/transports/webrtc/audio-sender.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { sine } from "../../support/tones.ts";
import { turn } from "../../support/turn.ts";

test("sent sound is whole though the event loop turns so rarely that five packets fall due each time", async () => {
  const timestamps: (number | undefined)[] = [];
  const sender = new AudioSender({
    channels: 1,
    forwardErrorCorrection: false,
    discontinuous: false,
    clock: new ManualClock(),
    stream: new AudioSendStream({
      ssrc: 7,
      cname: "us",
      payloadType: 111,
      extensions: new HeaderExtensionMap(),
      timestampOffset: 0,
      firstSequenceNumber: 0,
      wallOffsetMs: 0,
      roundTripTime: new RoundTripTime(),
    }),
    sendPackets: (packets) => timestamps.push(...packets.map((packet) => parseRtpPacket(packet)?.timestamp)),
    onFailure: (error) => expect.unreachable(error.message),
  });
  await sender.ready;
  for (let batch = 0; batch < 40; batch += 1) {
    const sentBefore = timestamps.length;
    for (let index = batch * 5; index < batch * 5 + 5; index += 1) {
      const { samples } = sine(440, { length: 960, begin: index * 960 });
      sender.send(new AudioFrame({ samples, sampleRate: 48_000, timestampUs: index * 20_000 }));
    }
    while (timestamps.length === sentBefore) await turn();
  }
  while (sender.isBusy) await turn();
  await sender.close();
  expect(timestamps).toEqual(Array.from({ length: 200 }, (_, index) => index * 960));
});
