import { describe, expect, it } from "vitest";
import { parseNameAddress, writeNameAddress } from "../../../src/protocol/sip/name-address.ts";
import { parseSipUri, writeSipUri } from "../../../src/protocol/sip/sip-uri.ts";
import { parseVia, withSource, writeVia } from "../../../src/protocol/sip/via.ts";

describe("a SIP URI", () => {
  it.each([
    ["sip:alice@atlanta.com", { scheme: "sip", user: "alice", host: "atlanta.com", parameters: new Map() }],
    [
      "sip:alice:secretword@atlanta.com;transport=tcp",
      { scheme: "sip", user: "alice", host: "atlanta.com", parameters: new Map([["transport", "tcp"]]) },
    ],
    [
      "sips:1212@gateway.com:5061",
      { scheme: "sips", user: "1212", host: "gateway.com", port: 5061, parameters: new Map() },
    ],
    [
      "sip:+1-212-555-1212:1234@gateway.com;user=phone",
      { scheme: "sip", user: "+1-212-555-1212", host: "gateway.com", parameters: new Map([["user", "phone"]]) },
    ],
    [
      "sip:[2001:db8::10]:5070;lr",
      { scheme: "sip", host: "2001:db8::10", port: 5070, parameters: new Map([["lr", ""]]) },
    ],
    [
      "SIP:atlanta.com;method=REGISTER?to=alice%40atlanta.com",
      { scheme: "sip", host: "atlanta.com", parameters: new Map([["method", "REGISTER"]]) },
    ],
  ])("is read: %s", (text, uri) => {
    expect(parseSipUri(text)).toEqual(uri);
  });

  it.each([
    "http://a",
    "sip:",
    "sip:a b@c",
    "sip:a@b:0",
    "sip:a@b:70000",
    "sip:@",
    "sip:a@-b-",
    "tel:+123",
    "sip:<a@b>",
    "sip:a@[zz]",
  ])("is refused: %s", (text) => {
    expect(parseSipUri(text)).toBeUndefined();
  });

  it("is written as it was read, without password and headers", () => {
    const uri = parseSipUri("sip:a:p@[::1]:5062;transport=tcp;lr?x=y");
    expect(uri && writeSipUri(uri)).toBe("sip:a@[::1]:5062;transport=tcp;lr");
  });
});

describe("the address of a person", () => {
  it.each([
    ["sip:a@b;tag=1", { uri: "sip:a@b", parameters: new Map([["tag", "1"]]) }],
    ["<sip:a@b;lr>;tag=1", { uri: "sip:a@b;lr", parameters: new Map([["tag", "1"]]) }],
    ['"A, <B>; C" <sip:a@b>', { displayName: "A, <B>; C", uri: "sip:a@b", parameters: new Map() }],
    ["Two Words <tel:+123>", { displayName: "Two Words", uri: "tel:+123", parameters: new Map() }],
  ])("is read: %s", (text, address) => {
    expect(parseNameAddress(text)).toEqual(address);
    expect(parseNameAddress(writeNameAddress(address))).toEqual(address);
  });

  it.each(["", "a", "<sip:a@b", "<sip:a@b> x", '"a <sip:a@b>', "sip:a@b,sip:c@d"])("is refused: %s", (text) => {
    expect(parseNameAddress(text)).toBeUndefined();
  });
});

describe("a hop", () => {
  it("is told where its message came from, and by which port where it asks for that", () => {
    const via = parseVia("SIP/2.0/UDP 10.1.1.1:4540;rport;branch=z9hG4bKkjshdyff");
    expect(via && writeVia(withSource(via, { address: "192.0.2.1", port: 9988 }))).toBe(
      "SIP/2.0/UDP 10.1.1.1:4540;rport=9988;branch=z9hG4bKkjshdyff;received=192.0.2.1",
    );
  });

  it("says no more than it has to where the message came from where it says", () => {
    const via = parseVia("SIP/2.0/TCP [2001:db8::1];branch=z9hG4bK1");
    expect(via && writeVia(withSource(via, { address: "2001:db8::1", port: 5 }))).toBe(
      "SIP/2.0/TCP [2001:db8::1];branch=z9hG4bK1",
    );
  });
});
