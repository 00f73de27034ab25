import { describe, expect, it } from "vitest";
import { parseSipMessage } from "../../../src/protocol/sip/parse-sip-message.ts";
import type { SipRequest } from "../../../src/protocol/sip/sip-message.ts";
import { TORTUROUS, invite, wire } from "./torture-messages.ts";

function request(bytes: Uint8Array): SipRequest {
  const message = parseSipMessage(bytes);
  if (message.type !== "request") throw new Error(JSON.stringify(message));
  return message;
}

const refused = (bytes: Uint8Array): unknown => {
  const message = parseSipMessage(bytes);
  return message.type === "invalid" ? [message.reason, message.answer?.status] : message.type;
};

describe("a SIP message", () => {
  it("is read with everything that a transaction needs", () => {
    const { method, uri, from, to, callId, cseq, vias, body } = request(invite({ body: "v=0\r\n" }));
    expect({ method, uri, callId, cseq, body: Buffer.from(body).toString() }).toEqual({
      method: "INVITE",
      uri: "sip:bob@biloxi.example.com",
      callId: "a84b4c76e66710@pc33.atlanta.example.com",
      cseq: { sequence: 314_159, method: "INVITE" },
      body: "v=0\r\n",
    });
    expect(from).toEqual({
      displayName: "Alice",
      uri: "sip:alice@atlanta.example.com",
      parameters: new Map([["tag", "1928301774"]]),
    });
    expect(to).toEqual({ displayName: "Bob", uri: "sip:bob@biloxi.example.com", parameters: new Map() });
    expect(vias).toEqual([
      {
        transport: "UDP",
        host: "pc33.atlanta.example.com",
        parameters: new Map([
          ["branch", "z9hG4bK776asdhds"],
          ["rport", ""],
        ]),
      },
    ]);
  });

  it("is read with all the freedom of the grammar: folded lines, spaces, short names, quotes, several hops", () => {
    const { from, to, cseq, vias, headers, body } = request(TORTUROUS);
    expect(from).toEqual({
      displayName: String.raw`J Rosenberg \"`,
      uri: "sip:jdrosen@example.com",
      parameters: new Map([["tag", "98asjd8"]]),
    });
    expect(to.parameters.get("tag")).toBe("1918181833n");
    expect(cseq).toEqual({ sequence: 9, method: "INVITE" });
    expect(vias.map(({ transport, host, parameters }) => [transport, host, parameters.get("branch")])).toEqual([
      ["UDP", "192.0.2.2", "390skdjuw"],
      ["TCP", "spindle.example.com", "z9hG4bK9ikj8"],
      ["UDP", "192.168.255.111", "z9hG4bK30239"],
    ]);
    expect(headers.get("contact")).toContain("secondparam");
    expect(headers.get("subject")).toBe("");
    // What follows the length is another's (RFC 3261 §18.3).
    expect(Buffer.from(body).toString()).toBe("v=0\r\n\u0000");
  });

  it("of a response is read with its status and reason, which may be empty or in any letters", () => {
    const answer = (start: string): unknown => {
      const message = parseSipMessage(invite({ start }));
      return message.type === "response" ? [message.status, message.reason] : message;
    };
    expect(answer("SIP/2.0 200 OK")).toEqual([200, "OK"]);
    expect(answer("SIP/2.0 100 ")).toEqual([100, ""]);
    expect(answer("SIP/2.0 200 = 2**3 * 5**2 но сто девяносто девять")).toEqual([
      200,
      "= 2**3 * 5**2 но сто девяносто девять",
    ]);
  });

  it("may have unusual but legal tokens, escapes and methods", () => {
    const method = "!interesting-Method0123456789_*+`.%in";
    const start = `${method} sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*@example.com SIP/2.0`;
    expect(request(invite({ start, headers: { CSeq: `139122385 ${method}` } })).method).toBe(method);
    expect(request(invite({ start: "INVITE sip:sips%3Auser%40example.com@example.net SIP/2.0" })).uri).toBe(
      "sip:sips%3Auser%40example.com@example.net",
    );
  });

  it("takes line ends before it for nothing, and line ends alone for a sign of life", () => {
    expect(request(Buffer.concat([Buffer.from("\r\n\r\n"), invite()])).method).toBe("INVITE");
    expect(parseSipMessage(Buffer.from("\r\n\r\n"))).toEqual({ type: "keep-alive" });
  });

  it("cannot smuggle lines into what is written of it: control characters become spaces", () => {
    const { from } = request(invite({ headers: { From: '"A\rVia: x" <sip:a@b>;tag=1' } }));
    expect(from.displayName).toBe("A Via: x");
  });
});

describe("what is refused", () => {
  const BAD: readonly (readonly [what: string, bytes: Uint8Array, refusal: unknown])[] = [
    [
      "a body that is shorter than promised",
      invite({ headers: { "Content-Length": "9999" } }),
      ["its body is shorter than its Content-Length", 400],
    ],
    ["a negative length", invite({ headers: { "Content-Length": "-999" } }), ["its Content-Length is no number", 400]],
    [
      "a sequence that does not fit",
      invite({ headers: { CSeq: "36893488147419103232 INVITE" } }),
      ["its CSeq cannot be read", 400],
    ],
    [
      "a method that is not that of the CSeq",
      invite({ headers: { CSeq: "1 OPTIONS" } }),
      ["its method is not that of its CSeq", 400],
    ],
    [
      "quotes that never end",
      invite({ headers: { To: '"Mr. J. User <sip:j.user@example.com>' } }),
      ["its From or To cannot be read", 400],
    ],
    [
      "an unknown version",
      invite({ start: "INVITE sip:t.watson@example.org SIP/7.0" }),
      ["its version is not SIP/2.0", 505],
    ],
    [
      "a Request-URI in brackets",
      invite({ start: "INVITE <sip:user@example.com> SIP/2.0" }),
      ["its Request-URI cannot be read", 400],
    ],
    [
      "a Request-URI with spaces",
      invite({ start: "INVITE sip:user@example.com; lr SIP/2.0" }),
      ["its first line cannot be read", 400],
    ],
    [
      "spaces after the version",
      invite({ start: "OPTIONS sip:a@b SIP/2.0 junk", headers: { CSeq: "1 OPTIONS" } }),
      ["its first line cannot be read", 400],
    ],
    [
      "two of what there is one of",
      wire(["INVITE sip:a@b SIP/2.0", "Via: SIP/2.0/UDP a;branch=z9hG4bK1", "CSeq: 1 INVITE", "CSeq: 2 INVITE"]),
      ["it has more than one cseq", 400],
    ],
    ["no Call-ID", invite({ headers: { "Call-ID": undefined } }), ["its Call-ID cannot be read", 400]],
    [
      "an ACK at fault, which has no answer",
      invite({ start: "ACK sip:a@b SIP/2.0", headers: { CSeq: "x ACK" } }),
      ["its CSeq cannot be read", undefined],
    ],
    [
      "a response at fault, which has no answer",
      invite({ start: "SIP/2.0 200 OK", headers: { From: "<" } }),
      ["its From or To cannot be read", undefined],
    ],
    ["no hop", invite({ headers: { Via: undefined } }), ["its Via headers cannot be read", undefined]],
    [
      "a hop that is none",
      invite({ headers: { Via: "SIP/2.0/UDP 192.0.2.1:99999" } }),
      ["its Via headers cannot be read", undefined],
    ],
    [
      "33 hops",
      invite({ headers: { Via: Array(33).fill("SIP/2.0/UDP a").join(",") } }),
      ["its Via headers cannot be read", undefined],
    ],
    [
      "129 headers",
      invite({ headers: Object.fromEntries(Array.from({ length: 129 }, (_, n) => [`X-${n}`, "1"])) }),
      ["it has more than 128 headers", undefined],
    ],
    ["17 KiB", invite({ body: "x".repeat(17_000) }), ["it is longer than 16 KiB", undefined]],
    [
      "a request of the web",
      Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
      ["its Via headers cannot be read", undefined],
    ],
  ];
  it.each(BAD)("%s", (_what, bytes, refusal) => {
    expect(refused(bytes)).toEqual(refusal);
  });
});
