import { expect, test } from "vitest";
import { TelephoneCalls } from "../../../src/transports/telephone/telephone-calls.ts";
import { twilioCarrier } from "../../../src/transports/telephone/twilio-carrier.ts";
import { audioSessions } from "../../support/audio-session.ts";
import { MemorySocket } from "../../support/memory-socket.ts";
import { SimulatedTwilio } from "../../support/simulated-twilio.ts";
import { turns } from "../../support/turns.ts";

test("statistics count what goes in and out of a call", async () => {
  const { clock, logger, registry, createSession } = audioSessions({ kind: "telephone" });
  const calls = new TelephoneCalls({ registry, createSession, carrier: twilioCarrier(undefined), logger, clock });
  const socket = new MemorySocket();
  const twilio = new SimulatedTwilio({ clock, send: (text) => socket.receive(text) });
  socket.onText = (text) => twilio.receive(text);
  const headers = new Headers({ host: "example.com" });
  calls.accept(socket, { headers, pathAndQuery: "/telephone/handler" });
  twilio.start();
  twilio.speak((index) => 8000 * Math.sin(index / 3));
  for (let passedMs = 0; passedMs < 2000; passedMs += 20) {
    clock.advance(20);
    await turns();
  }
  const { transport, state, inbound, outbound } = registry.get("MZ1")?.stats() ?? {};
  expect({ transport, state }).toEqual({ transport: "telephone", state: "connected" });
  expect(inbound).toEqual({
    audio: {
      codec: "PCMU",
      packets: 100,
      bytes: 16_000,
      packetsLost: 0,
      concealedMs: 0,
      bitrateBps: 64_000,
      fractionLost: 0,
      waitingMs: 0,
    },
  });
  expect(outbound?.audio).toMatchObject({ codec: "PCMU", packets: expect.any(Number), unheardMs: expect.any(Number) });
  expect(outbound?.audio?.bytes).toBe((outbound?.audio?.packets ?? 0) * 160);
  expect(outbound?.audio?.packets).toBeGreaterThan(95);
});
