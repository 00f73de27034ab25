import { describe, expect, it } from "vitest";
import { parseKeyOfInfo, parseTelephoneEvent } from "../../../src/protocol/sip/telephone-event.ts";

describe("a key", () => {
  it("is read from a packet (RFC 4733 §2.3)", () => {
    expect(parseTelephoneEvent(Uint8Array.of(1, 0x0a, 0x01, 0x90))).toEqual({
      digit: "1",
      isEnd: false,
      duration: 400,
    });
    expect(parseTelephoneEvent(Uint8Array.of(11, 0x8a, 0x06, 0x40))).toEqual({
      digit: "#",
      isEnd: true,
      duration: 1600,
    });
    expect(parseTelephoneEvent(Uint8Array.of(15, 0, 0, 0))?.digit).toBe("D");
  });

  it("is not what a fax machine says, nor a packet cut short", () => {
    expect(parseTelephoneEvent(Uint8Array.of(32, 0, 0, 0))).toBeUndefined();
    expect(parseTelephoneEvent(Uint8Array.of(1, 0, 0))).toBeUndefined();
  });

  it("is read from the body of an INFO request, as Cisco's phones and others send it", () => {
    expect(parseKeyOfInfo("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n")).toBe("5");
    expect(parseKeyOfInfo("application/dtmf-relay; charset=utf-8", "Signal= *\nDuration= 250")).toBe("*");
    expect(parseKeyOfInfo("application/dtmf", "a")).toBe("A");
    expect(parseKeyOfInfo("application/dtmf-relay", "Signal=hook")).toBeUndefined();
    expect(parseKeyOfInfo("text/plain", "Signal=5")).toBeUndefined();
    expect(parseKeyOfInfo("application/dtmf", "")).toBeUndefined();
  });
});
