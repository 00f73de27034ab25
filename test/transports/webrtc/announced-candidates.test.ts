import { expect, it } from "vitest";
import { parseCandidate } from "../../../src/protocol/sdp/candidate.ts";
import { announcedCandidates } from "../../../src/transports/webrtc/announced-candidates.ts";

it("repeats host candidates with the public addresses of their family, ahead of the others", () => {
  const host = parseCandidate("candidate:1 1 udp 2000 10.0.0.5 4000 typ host");
  const host6 = parseCandidate("candidate:2 1 udp 2100 fd00::5 4000 typ host");
  const reflexive = parseCandidate("candidate:3 1 udp 1000 198.51.100.1 4001 typ srflx");
  expect(announcedCandidates([host6, host, reflexive], ["203.0.113.9"])).toEqual([
    { ...host, address: "203.0.113.9", foundation: "1a", priority: 2001 },
    host6,
    host,
    reflexive,
  ]);
});
