import { describe, expect, it } from "vitest";
import { firstHostCandidate, withOnlyCandidate } from "../../bench/network/rewrite-candidates.ts";

const lines = (...all: readonly string[]): string => `${all.join("\r\n")}\r\n`;

const ANSWER = lines(
  "v=0",
  "m=audio 9 UDP/TLS/RTP/SAVPF 111",
  "a=mid:0",
  "a=candidate:1 1 TCP 2105524479 192.0.2.7 9 typ host tcptype active",
  "a=candidate:2 1 UDP 2122262783 2001:db8::7 5000 typ host",
  "a=candidate:3 1 UDP 2122260223 192.0.2.7 5001 typ host",
  "a=end-of-candidates",
  "m=video 9 UDP/TLS/RTP/SAVPF 96",
  "a=mid:1",
  "a=candidate:3 1 UDP 2122260223 192.0.2.7 5001 typ host",
);

describe("candidates on their way through the relay", () => {
  it("finds the way over UDP and IPv4", () => {
    expect(firstHostCandidate(ANSWER)).toEqual({ address: "192.0.2.7", port: 5001 });
    expect(firstHostCandidate(lines("v=0"))).toBeUndefined();
  });

  it("leaves one candidate in the first section, and nothing of the others", () => {
    expect(withOnlyCandidate(ANSWER, { address: "192.0.2.9", port: 7 })).toBe(
      lines(
        "v=0",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        "a=mid:0",
        "a=candidate:1 1 udp 2122260223 192.0.2.9 7 typ host",
        "a=end-of-candidates",
        "m=video 9 UDP/TLS/RTP/SAVPF 96",
        "a=mid:1",
      ),
    );
  });

  it("puts it at the end of an offer with one section", () => {
    const offer = lines("v=0", "m=video 9 UDP/TLS/RTP/SAVPF 96", "a=mid:0");
    expect(withOnlyCandidate(offer, { address: "192.0.2.9", port: 7 })).toBe(
      lines(
        "v=0",
        "m=video 9 UDP/TLS/RTP/SAVPF 96",
        "a=mid:0",
        "a=candidate:1 1 udp 2122260223 192.0.2.9 7 typ host",
        "a=end-of-candidates",
      ),
    );
  });
});
