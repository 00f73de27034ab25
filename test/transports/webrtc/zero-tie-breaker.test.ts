import { createHmac } from "node:crypto";
import { createSocket } from "node:dgram";
import { crc32 } from "node:zlib";
import { expect, it } from "vitest";
import { NodeDataChannelTransport } from "../../../src/transports/webrtc/node-datachannel-transport.ts";
import { recordEvents } from "./native-peer.ts";

const REMOTE = {
  iceUfrag: "abcd",
  icePwd: "abcdefghijklmnopqrstuv",
  fingerprint: { algorithm: "sha-256", value: Array.from({ length: 32 }, () => "AB").join(":") },
  setup: "actpass",
  media: true,
  dataChannel: undefined,
} as const;

/** A connectivity check as Chromium sends it (RFC 8445 section 7.1), from the controlling side. */
function check(username: string, password: string, tieBreaker: bigint): Buffer {
  const attribute = (type: number, value: Buffer): Buffer => {
    const header = Buffer.alloc(4);
    header.writeUInt16BE(type, 0);
    header.writeUInt16BE(value.length, 2);
    return Buffer.concat([header, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
  };
  const eight = Buffer.alloc(8);
  eight.writeBigUInt64BE(tieBreaker);
  const attributes = [
    attribute(0x0006, Buffer.from(username)),
    attribute(0x802a, eight), // ICE-CONTROLLING
    attribute(0x0024, Buffer.from("6e7e1fff", "hex")), // PRIORITY
  ];
  const message = (length: number): Buffer => {
    const header = Buffer.alloc(20);
    header.writeUInt16BE(0x0001, 0);
    header.writeUInt16BE(Buffer.concat(attributes).length + length, 2);
    header.writeUInt32BE(0x2112a442, 4);
    header.fill(7, 8);
    return Buffer.concat([header, ...attributes]);
  };
  attributes.push(attribute(0x0008, createHmac("sha1", password).update(message(24)).digest()));
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE((crc32(message(8)) ^ 0x5354554e) >>> 0);
  attributes.push(attribute(0x8028, sum));
  return message(0);
}

it.each([
  ["one that is not zero: it is answered", 1n, 0x0101],
  // Chromium sends it through TURN over TCP and TLS. Once the engine answers it, docs/connectivity.md has a limit less.
  ["zero: the engine refuses it", 0n, 0x0111],
])("a check with a tie-breaker of %s", async (_what, tieBreaker, expected) => {
  await using transport = new NodeDataChannelTransport(REMOTE, recordEvents(), { bindAddress: "127.0.0.1" });
  const [candidate] = transport.localCandidates;
  const socket = createSocket("udp4");
  const answer = new Promise<Buffer>((resolve) => {
    socket.on("message", (message) => {
      // Besides there are the engine's own checks.
      if (message.readUInt16BE(0) !== 0x0001) resolve(message);
    });
  });
  const { iceUfrag, icePwd } = transport.local;
  socket.send(check(`${iceUfrag}:${REMOTE.iceUfrag}`, icePwd, tieBreaker), candidate?.port ?? 0, "127.0.0.1");
  expect((await answer).readUInt16BE(0)).toBe(expected);
  socket.close();
});
