import { expect, it } from "vitest";
import { parseCandidate } from "../../../../src/protocol/sdp/candidate.ts";
import { isRelayOverTcp } from "../../../../src/transports/webrtc/front/front-candidate.ts";
import { relayFrontPorts } from "../../../../src/transports/webrtc/front/front-ports.ts";

// As Chromium 156 wrote them for a coturn at these three.
it.each([
  ["UDP", "candidate:1226268849 1 udp 50340351 10.213.71.1 65284 typ relay raddr 0.0.0.0 rport 0", false],
  ["TCP", "candidate:1437932648 1 udp 16785663 10.213.71.1 62997 typ relay raddr 0.0.0.0 rport 0", true],
  ["TLS", "candidate:1975781526 1 udp 8191 10.213.71.1 60295 typ relay raddr 0.0.0.0 rport 0", true],
  ["nothing: a host", "candidate:1 1 udp 8331263 10.213.8.1 52001 typ host", false],
])("a relay over %s is told by its priority", (_way, line, expected) => {
  expect(isRelayOverTcp(parseCandidate(line))).toBe(expected);
});

it("a front's port comes from what the firewall lets through", () => {
  expect([
    relayFrontPorts({}),
    relayFrontPorts({ portRange: [50_000, 50_003] }),
    relayFrontPorts({ portRange: [50_000, 50_000] }),
    relayFrontPorts({ udpPort: 50_000 }),
    relayFrontPorts({ udpPort: 50_000, relayPort: 50_001 }),
    relayFrontPorts({ portRange: [1, 65_535] }).length,
  ]).toEqual([[0], [50_003, 50_002, 50_001], [], [], [50_001], 64]);
});
