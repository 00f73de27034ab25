import type { NetworkInterfaceInfo } from "node:os";
import { expect, it } from "vitest";
import { defaultBindAddress } from "../../../src/transports/webrtc/local-address.ts";

const at = (address: string, internal = false): NetworkInterfaceInfo => ({
  address,
  netmask: "255.255.255.0",
  family: "IPv4",
  mac: "00:00:00:00:00:00",
  internal,
  cidr: null,
});

it("binds to all addresses when one of them can be reached from elsewhere", () => {
  expect(defaultBindAddress({ lo: [at("127.0.0.1", true)], eth0: [at("192.0.2.2")] })).toBeUndefined();
});

it("binds to loopback when there is nothing else", () => {
  expect(defaultBindAddress({ lo: [at("127.0.0.1", true)], eth0: [at("fe80::1")], eth1: undefined })).toBe("127.0.0.1");
});
