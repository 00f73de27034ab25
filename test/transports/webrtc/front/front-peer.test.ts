import { expect, it } from "vitest";
import { readConnectivityCheck } from "../../../../src/protocol/stun/connectivity-check.ts";
import { FrontPeer } from "../../../../src/transports/webrtc/front/front-peer.ts";
import { connectivityCheck } from "../../../support/connectivity-checks.ts";
import { ManualClock } from "../../../support/manual-clock.ts";

const PASSWORD = "abcdefghijklmnopqrstuv";

function admits(peer: FrontPeer, password: string): boolean {
  const bytes = connectivityCheck({ username: "abcd:wxyz", password, tieBreaker: 0n });
  const check = readConnectivityCheck(bytes);
  if (!check) throw new Error("not a check");
  return peer.admit(bytes, check) !== undefined;
}

it("fifty forged checks in a second are enough for that second", () => {
  const clock = new ManualClock();
  const peer = new FrontPeer({ iceUfrag: "abcd", icePwd: PASSWORD, engine: { address: "127.0.0.1", port: 9 }, clock });
  for (let forged = 0; forged < 49; forged += 1) admits(peer, "vutsrqponmlkjihgfedcba");
  expect(admits(peer, PASSWORD)).toBe(true);
  admits(peer, "vutsrqponmlkjihgfedcba");
  expect(admits(peer, PASSWORD)).toBe(false);
  clock.advance(1000);
  expect(admits(peer, PASSWORD)).toBe(true);
});

it("a peer that has left admits nothing", () => {
  const clock = new ManualClock();
  const peer = new FrontPeer({ iceUfrag: "abcd", icePwd: PASSWORD, engine: { address: "127.0.0.1", port: 9 }, clock });
  peer.close();
  expect([admits(peer, PASSWORD), peer.hasRoom]).toEqual([false, false]);
});
