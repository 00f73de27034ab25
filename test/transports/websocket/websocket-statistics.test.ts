import { expect, test } from "vitest";
import { WebSocketOffers } from "../../../src/transports/websocket/websocket-offers.ts";
import { audioSessions } from "../../support/audio-session.ts";
import { MemorySocket } from "../../support/memory-socket.ts";
import { turns } from "../../support/turns.ts";

const START = { event: "start", websocket_id: "peer" };
const MU_LAW = { event: "media", media: { payload: Buffer.alloc(160, 0xff).toString("base64") } };

test.each([
  ["FastRTC's own mu-law", START, MU_LAW, { codec: "PCMU", bytes: 160 }],
  [
    "samples in binary messages",
    { ...START, media: { encoding: "pcm16", sample_rate: 16_000 } },
    new Uint8Array(640),
    { codec: "L16", bytes: 640 },
  ],
])("statistics count messages and bytes of %s, both ways", async (_name, start, message, { codec, bytes }) => {
  const { clock, logger, registry, createSession, sessions } = audioSessions({ kind: "websocket" });
  const rates = { inputSampleRate: 8000, outputSampleRate: 8000 };
  const offers = new WebSocketOffers({ registry, createSession, logger, clock, rates });
  const socket = new MemorySocket();
  offers.accept(socket, new Headers());
  socket.receive(start);
  for (let count = 0; count < 10; count += 1) {
    socket.receive(message);
    await turns();
    clock.advance(20);
    await turns();
  }
  const stats = sessions[0]?.stats();
  expect(stats?.inbound.audio).toEqual({
    codec,
    packets: 10,
    bytes: 10 * bytes,
    packetsLost: 0,
    concealedMs: 0,
    bitrateBps: 10 * bytes * 40,
    fractionLost: 0,
    waitingMs: 0,
  });
  expect(stats?.outbound.audio).toMatchObject({ codec, packets: 10, bytes: 10 * bytes, waitingMs: 0 });
});
