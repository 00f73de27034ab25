import { describe, expect, test } from "vitest";
import { Stream } from "../../src/index.ts";
import { networkFromEnvironment } from "../../src/session/network-options.ts";
import type { NetworkOptions } from "../../src/index.ts";

function refusalOf(network: NetworkOptions): string {
  try {
    const stream = new Stream({ handler: (frame) => frame, modality: "video", network });
    stream.health();
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: "invalid_option" });
    return (thrown as Error).message;
  }
  throw new Error("It was taken.");
}

describe("network options", () => {
  test.each<[string, NetworkOptions, string]>([
    ["a name", { publicAddresses: ["stream.example.com"] }, "names are not looked up"],
    ["a bind address that is none", { bindAddress: "eth0" }, "an IPv4 or IPv6 address"],
    ["a range upside down", { portRange: [50_100, 50_000] }, "the first port must not be above the last"],
    ["half a range", { portRange: [50_000] as unknown as [number, number] }, "such as [50000, 50100]"],
    ["port 0", { udpPort: 0 }, "udpPort is at least 1"],
    ["a port that is not whole", { udpPort: 3478.5 }, "udpPort is a whole number from 1 to 65535"],
    ["one port for two things", { udpPort: 3, relayPort: 3 }, "relayPort is a second port"],
    ["a range and one port", { portRange: [1, 2], udpPort: 3 }, "set only one of the two"],
  ])("refuse %s", (_what, network, sentence) => {
    expect(refusalOf(network)).toContain(sentence);
  });

  test("come from the environment of a container", () => {
    expect(
      networkFromEnvironment({
        FASTRTC_PUBLIC_ADDRESSES: "203.0.113.7, 2001:db8::7",
        FASTRTC_UDP_PORT_RANGE: "50000-50100",
        FASTRTC_RELAY_PORT: "50101",
        FASTRTC_TCP_PORT: "443",
        FASTRTC_BIND_ADDRESS: "10.0.0.5",
      }),
    ).toEqual({
      publicAddresses: ["203.0.113.7", "2001:db8::7"],
      portRange: [50_000, 50_100],
      relayPort: 50_101,
      tcpPort: 443,
      bindAddress: "10.0.0.5",
    });
    expect(networkFromEnvironment({ FASTRTC_UDP_PORT: "50000", FASTRTC_BIND_ADDRESS: " " })).toEqual({
      udpPort: 50_000,
    });
    expect(networkFromEnvironment({})).toEqual({});
  });

  test("of the environment that cannot be used are an error", () => {
    expect(() => networkFromEnvironment({ FASTRTC_UDP_PORT: "many" })).toThrow(/FASTRTC_.*udpPort/s);
    expect(() => networkFromEnvironment({ FASTRTC_UDP_PORT_RANGE: "50000" })).toThrow(/such as \[50000, 50100\]/);
  });
});
