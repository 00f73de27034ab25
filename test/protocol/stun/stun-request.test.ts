import { createHash, createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { readStunMessage } from "../../../src/protocol/stun/stun-message.ts";
import {
  STUN_ATTRIBUTE,
  STUN_TYPE,
  stunAddress,
  stunAttribute,
  stunError,
  writeStunRequest,
} from "../../../src/protocol/stun/stun-request.ts";

const bytesOf = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replaceAll(/\s/g, ""), "hex"));
const hmacSha1 = (key: Uint8Array, data: Uint8Array): Uint8Array => createHmac("sha1", key).update(data).digest();

test("writes the request with long-term credentials of RFC 5769 section 2.4, byte for byte", () => {
  const [username, realm, password] = ["マトリックス", "example.org", "TheMatrIX"];
  const text = new TextEncoder();
  const request = writeStunRequest({
    type: STUN_TYPE.bindingRequest,
    transactionId: bytesOf("78ad3433 c6ad72c0 29da412e"),
    attributes: [
      [STUN_ATTRIBUTE.username, text.encode(username)],
      [STUN_ATTRIBUTE.nonce, text.encode("f//499k954d6OL34oL9FSTvy64sA")],
      [STUN_ATTRIBUTE.realm, text.encode(realm)],
    ],
    signature: { key: createHash("md5").update(`${username}:${realm}:${password}`).digest(), hmacSha1 },
  });
  expect(Buffer.from(request).toString("hex")).toBe(
    Buffer.from(
      bytesOf(`
        00010060 2112a442 78ad3433 c6ad72c0 29da412e
        00060012 e3839ee3 8388e383 aae38383 e382afe3 82b90000
        0015001c 662f2f34 39396b39 35346436 4f4c3334 6f4c3946 53547679 36347341
        0014000b 6578616d 706c652e 6f726700
        00080014 f6702465 6dd64a3e 02b8e071 2e85c9a2 8ca89666`),
    ).toString("hex"),
  );
});

test("reads the address in the response of RFC 5769 section 2.2", () => {
  const response = bytesOf(`
    0101003c 2112a442 b7e7a701 bc34d686 fa87dfae
    8022000b 74657374 20766563 746f7220
    00200008 0001a147 e112a643
    00080014 2b91f599 fd9e90c3 8c7489f9 2af9ba53 f06be7d7
    80280004 c07d4c96`);
  const message = readStunMessage(response);
  expect(message && stunAddress(response, message, STUN_ATTRIBUTE.mappedAddress)).toBe("192.0.2.1:32853");
  expect(message && stunError(response, message)).toBeUndefined();
});

test("reads why a TURN server refused, and what it wants to be told next time", () => {
  // Written by hand after RFC 8489 section 14.8; the tests of `fastrtc doctor` ask a real coturn.
  const response = bytesOf(`
    01130038 2112a442 000102030405060708090a0b
    00090010 00000401 556e6175 74686f72 697a6564
    00150010 61653031 66633430 32663830 34623765
    0014000c 66617374 7274632e 74657374`);
  const message = readStunMessage(response);
  expect(message && stunError(response, message)).toEqual({ code: 401, reason: "Unauthorized" });
  const realm = message && stunAttribute(response, message, STUN_ATTRIBUTE.realm);
  expect(new TextDecoder().decode(realm)).toBe("fastrtc.test");
});

test.each([
  [
    "an address of IPv6",
    "01010018 2112a442 000102030405060708090a0b 00200014 0002a147 0113a9fa a5d3f179 bc25f4b5 bed2b9d9",
  ],
  ["an address cut short", "01010008 2112a442 000102030405060708090a0b 00200004 0001a147"],
  ["no address", "01010000 2112a442 000102030405060708090a0b"],
])("makes no IPv4 address of %s", (_, hex) => {
  const response = bytesOf(hex);
  const message = readStunMessage(response);
  expect(message).toBeDefined();
  expect(message && stunAddress(response, message, STUN_ATTRIBUTE.mappedAddress)).toBeUndefined();
});
