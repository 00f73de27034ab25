import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  type HmacSha1,
  isSignedWith,
  readConnectivityCheck,
  withTieBreaker,
} from "../../../src/protocol/stun/connectivity-check.ts";
import {
  CHROMIUM_CHECK,
  CHROMIUM_CHECK_PASSWORD,
  RFC_5769_PASSWORD,
  RFC_5769_REQUEST,
  RFC_5769_RESPONSE,
} from "./checks.ts";

const hmacSha1: HmacSha1 = (key, data) => createHmac("sha1", key).update(data).digest();
const rfcPassword = Buffer.from(RFC_5769_PASSWORD);

function read(bytes: Uint8Array) {
  const check = readConnectivityCheck(bytes);
  if (!check) throw new Error("It is not read as a check.");
  return check;
}

describe("a connectivity check", () => {
  it("of RFC 5769 section 2.1 is read, and its signature verified", () => {
    const check = read(RFC_5769_REQUEST);
    expect(check).toEqual({
      receiverUfrag: "evtj",
      senderUfrag: "h6vY",
      tieBreaker: 0x932ff9b151263b36n,
      offsets: { tieBreaker: 52, integrity: 80, fingerprint: 104 },
    });
    expect(isSignedWith(RFC_5769_REQUEST, check, rfcPassword, hmacSha1)).toBe(true);
    expect(isSignedWith(RFC_5769_REQUEST, check, Buffer.from(`${RFC_5769_PASSWORD}x`), hmacSha1)).toBe(false);
  });

  it("of Chromium through TURN over TCP has a tie-breaker of zero, and a valid signature", () => {
    const check = read(CHROMIUM_CHECK);
    expect([check.receiverUfrag, check.senderUfrag, check.tieBreaker]).toEqual(["BB7a", "KadE", 0n]);
    expect(isSignedWith(CHROMIUM_CHECK, check, Buffer.from(CHROMIUM_CHECK_PASSWORD), hmacSha1)).toBe(true);
  });

  it("with its own tie-breaker written again is the same, byte for byte", () => {
    const check = read(RFC_5769_REQUEST);
    const again = withTieBreaker(RFC_5769_REQUEST, check, check.tieBreaker, rfcPassword, hmacSha1);
    expect(Buffer.from(again).toString("hex")).toBe(RFC_5769_REQUEST.toString("hex"));
  });

  it("is signed anew with another tie-breaker, and nothing else changes", () => {
    const password = Buffer.from(CHROMIUM_CHECK_PASSWORD);
    const before = read(CHROMIUM_CHECK);
    const mended = withTieBreaker(CHROMIUM_CHECK, before, 0x0102030405060708n, password, hmacSha1);
    const after = read(mended);
    expect(after).toEqual({ ...before, tieBreaker: 0x0102030405060708n });
    expect(isSignedWith(mended, after, password, hmacSha1)).toBe(true);
    const changed = [...mended.entries()]
      .filter(([index, byte]) => byte !== CHROMIUM_CHECK[index])
      .map(([index]) => index);
    const { tieBreaker, integrity, fingerprint } = before.offsets;
    const allowed = [
      ...Array.from({ length: 8 }, (_, index) => tieBreaker + index),
      ...Array.from({ length: 20 }, (_, index) => integrity + index),
      ...Array.from({ length: 4 }, (_, index) => fingerprint + index),
    ];
    expect(changed.filter((index) => !allowed.includes(index))).toEqual([]);
  });

  it("in which any one bit was changed is not taken for what its sender signed", () => {
    for (let bit = 0; bit < RFC_5769_REQUEST.length * 8; bit += 1) {
      const damaged = Buffer.from(RFC_5769_REQUEST);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const check = readConnectivityCheck(damaged);
      expect(check && isSignedWith(damaged, check, rfcPassword, hmacSha1)).not.toBe(true);
    }
  });
});

describe("what is no connectivity check", () => {
  it.each<[string, Uint8Array]>([
    ["nothing", new Uint8Array(0)],
    ["a response", RFC_5769_RESPONSE],
    ["a request cut short", RFC_5769_REQUEST.subarray(0, 100)],
    ["a request without its signature", withLength(RFC_5769_REQUEST.subarray(0, 76))],
    ["bytes behind the end", Buffer.concat([RFC_5769_REQUEST, Buffer.alloc(4)])],
    ["a DTLS record", Buffer.from("16fefd0000000000000000002000000000", "hex")],
  ])("%s is not read as one", (_what, bytes) => {
    expect(readConnectivityCheck(bytes)).toBeUndefined();
  });

  it("a username after the signature counts for nothing: nobody signed it", () => {
    const username = RFC_5769_REQUEST.subarray(60, 76);
    const moved = Buffer.concat([RFC_5769_REQUEST.subarray(0, 60), RFC_5769_REQUEST.subarray(76, 100), username]);
    expect(readConnectivityCheck(withLength(moved))).toBeUndefined();
  });
});

function withLength(bytes: Uint8Array): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt16BE(copy.length - 20, 2);
  return copy;
}
