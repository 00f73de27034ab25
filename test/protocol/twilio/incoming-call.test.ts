import { describe, expect, it } from "vitest";
import { incomingCallTwiml } from "../../../src/protocol/twilio/incoming-call.ts";
import { parsePublicHost } from "../../../src/protocol/public-host.ts";

describe("the answer to an incoming call", () => {
  it("says a sentence, connects the stream and says goodbye", () => {
    expect(incomingCallTwiml({ host: "example.com", path: "/rtc/telephone/handler" })).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><Response><Say>Connecting to the AI assistant.</Say>' +
        '<Connect><Stream url="wss://example.com/rtc/telephone/handler"></Stream></Connect>' +
        "<Say>The call has been disconnected.</Say></Response>",
    );
  });

  it("says nothing when told so, and hands parameters to the stream", () => {
    expect(
      incomingCallTwiml({
        host: "[::1]:8443",
        path: "/",
        greeting: "",
        farewell: "",
        parameters: { token: "a1", 'q"': "<&>" },
      }),
    ).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><Response><Connect><Stream url="wss://[::1]:8443/">' +
        '<Parameter name="token" value="a1" /><Parameter name="q&quot;" value="&lt;&amp;&gt;" /></Stream></Connect></Response>',
    );
  });

  it("keeps any text text", () => {
    const greeting = `</Say><Dial>+1900</Dial> & 'x' \u0000\u000b\ud800 💣 é`;
    expect(incomingCallTwiml({ host: "a.example", path: "/x", greeting })).toContain(
      "<Say>&lt;/Say&gt;&lt;Dial&gt;+1900&lt;/Dial&gt; &amp; &apos;x&apos; \ufffd\ufffd\ufffd 💣 é</Say>",
    );
  });

  it.each([
    'evil.example/path"',
    "a b",
    "",
    "a@b",
    "-a.example",
    "a..b",
    "a:0",
    "a:65536",
    "a:x",
    "[::1",
    "[x]",
    `${"a".repeat(64)}.example`,
    "é.example",
  ])("refuses the host %j", (host) => {
    expect(() => incomingCallTwiml({ host, path: "/" })).toThrow(expect.objectContaining({ code: "invalid_argument" }));
    expect(parsePublicHost(host)).toBeUndefined();
  });

  it.each(["", "x", "/a?b=c", "/a#b", "/a b", "/a\nb"])("refuses the path %j", (path) => {
    expect(() => incomingCallTwiml({ host: "a.example", path })).toThrow(
      expect.objectContaining({ code: "invalid_argument" }),
    );
  });

  it.each([
    "localhost",
    "localhost:8000",
    "a-1.B_2.example.",
    "127.0.0.1:7861",
    "[2001:db8::1]",
    "xn--bcher-kva.example:443",
  ])("accepts the host %j as it is", (host) => {
    expect(parsePublicHost(host)).toBe(host);
  });

  it("accepts no header that is missing", () => {
    expect([parsePublicHost(undefined), parsePublicHost(null)]).toEqual([undefined, undefined]);
  });
});
