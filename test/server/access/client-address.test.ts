import { expect, test } from "vitest";
import { addressGroup, clientAddress, isLoopback } from "../../../src/server/access/client-address.ts";

const forwarded = (...values: string[]): Headers =>
  new Headers(values.map((value): [string, string] => ["x-forwarded-for", value]));

test.each([
  ["without proxies X-Forwarded-For is anyone's invention", forwarded("6.6.6.6"), "10.0.0.1", 0, "10.0.0.1"],
  ["of one proxy the last entry counts", forwarded("6.6.6.6, 203.0.113.7"), "10.0.0.1", 1, "203.0.113.7"],
  ["of two the last but one", forwarded("6.6.6.6, 203.0.113.7, 10.0.0.2"), "10.0.0.1", 2, "203.0.113.7"],
  [
    "also where each wrote a header of its own",
    forwarded("6.6.6.6", "203.0.113.7", "10.0.0.2"),
    "10.0.0.1",
    2,
    "203.0.113.7",
  ],
  ["who came past a proxy is known by the connection", forwarded("6.6.6.6"), "10.0.0.1", 2, "10.0.0.1"],
  ["who came past all of them too", new Headers(), "10.0.0.1", 1, "10.0.0.1"],
  ["an entry that is no address is not believed", forwarded("unknown"), "10.0.0.1", 1, "10.0.0.1"],
  ["a port is left out", forwarded("203.0.113.7:51234"), "10.0.0.1", 1, "203.0.113.7"],
  ["and the brackets of IPv6", forwarded("[2001:DB8::1]:443"), "10.0.0.1", 1, "2001:db8::1"],
  ["IPv4 dressed as IPv6 is IPv4", new Headers(), "::ffff:192.0.2.1", 0, "192.0.2.1"],
  ["a zone is no part of an address", new Headers(), "fe80::1%eth0", 0, "fe80::1"],
  ["nothing is made up where nobody tells", new Headers(), undefined, 0, undefined],
  ["a framework that does not tell is helped by the proxy", forwarded("203.0.113.7"), undefined, 1, "203.0.113.7"],
])("%s", (_what, headers, connection, proxies, address) => {
  expect(clientAddress(headers, connection, proxies)).toBe(address);
});

test.each([
  ["203.0.113.7", "203.0.113.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:db8:1:2::9", "2001:db8:1:2::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["2001:0db8:0000:0000::1", "2001:db8:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
])("%s is told apart from others as %s", (address, group) => {
  expect(addressGroup(address)).toBe(group);
});

test("this machine's own addresses are known", () => {
  expect(["127.0.0.1", "127.9.9.9", "::1", "10.0.0.1", "2001:db8::1"].map(isLoopback)).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});
