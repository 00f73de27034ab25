import { createHmac } from "node:crypto";
import {
  type HmacSha1,
  isSignedWith,
  readConnectivityCheck,
  withTieBreaker,
} from "../../src/protocol/stun/connectivity-check.ts";
import { FramedPackets, framePacket } from "../../src/rtp/framed-packets.ts";
import { readRelayedPacket, withRelayedPacket } from "../../src/protocol/stun/relayed-packet.ts";
import {
  CHROMIUM_CHECK,
  CHROMIUM_CHECK_PASSWORD,
  RFC_5769_REQUEST,
  RFC_5769_RESPONSE,
} from "../protocol/stun/checks.ts";
import type { FuzzTarget } from "./fuzz-target.ts";

const hmacSha1: HmacSha1 = (key, data) => createHmac("sha1", key).update(data).digest();
const password = Buffer.from(CHROMIUM_CHECK_PASSWORD);
const hex = (text: string): Uint8Array => Buffer.from(text, "hex");

const connectivityChecks: FuzzTarget = {
  name: "connectivity check",
  corpus: [RFC_5769_REQUEST, RFC_5769_RESPONSE, CHROMIUM_CHECK],
  tokens: ["2112a442", "0001", "00060009", "00080014", "80280004", "802a0008", "ffff", "0000"].map(hex),
  share: 0.5,
  open: () => (bytes) => {
    const check = readConnectivityCheck(bytes);
    if (!check) return false;
    const signed = isSignedWith(bytes, check, password, hmacSha1);
    if (signed && !CHROMIUM_CHECK.equals(bytes)) throw new Error("broken: a signature that nobody made");
    const again = readConnectivityCheck(withTieBreaker(bytes, check, 7n, password, hmacSha1));
    if (again?.tieBreaker !== 7n) throw new Error("broken: a check that cannot be read once it was signed");
    return true;
  },
};

const framedPackets: FuzzTarget = {
  name: "packets in a TCP stream",
  corpus: [framePacket(CHROMIUM_CHECK), Buffer.concat([framePacket(RFC_5769_REQUEST), framePacket(Uint8Array.of(1))])],
  tokens: ["0000", "0001", "2000", "2001", "ffff"].map(hex),
  open: () => {
    let framed = new FramedPackets();
    return (bytes) => {
      const packets = framed.push(bytes);
      if (!packets) framed = new FramedPackets(); // The connection is closed.
      return (packets?.length ?? 0) > 0;
    };
  },
};

const relayedPackets: FuzzTarget = {
  name: "packet of a TURN server",
  corpus: [
    Buffer.concat([hex("4001006c"), RFC_5769_REQUEST]),
    hex("001700142112a442b7e7a701bc34d686fa87dfae00130005010203040500000080280004e57a3bcf"),
  ],
  tokens: ["2112a442", "0017", "0013", "80280004", "40010000", "4fffffff"].map(hex),
  open: () => (bytes) => {
    const relayed = readRelayedPacket(bytes);
    if (!relayed) return false;
    const { packet } = relayed;
    if (withRelayedPacket(bytes, relayed, packet).byteLength !== bytes.byteLength) throw new Error("broken: longer");
    return true;
  },
};

/** Everything that stands before the engine's ICE. */
export const iceTargets: readonly FuzzTarget[] = [connectivityChecks, framedPackets, relayedPackets];
