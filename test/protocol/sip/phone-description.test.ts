import { describe, expect, it } from "vitest";
import {
  type PhoneDescription,
  parsePhoneDescription,
  writePhoneDescription,
} from "../../../src/protocol/sip/phone-description.ts";

const sdp = (...lines: string[]): string => ["v=0", "o=- 1 1 IN IP4 192.0.2.9", "s=-", ...lines].join("\r\n");

/** As baresip 1.0 offers it: what it can, and keys. */
const BARESIP = sdp(
  "c=IN IP4 192.0.2.2",
  "t=0 0",
  "a=tool:baresip 1.0.0",
  "m=audio 17838 RTP/AVP 8 0 101",
  "a=rtpmap:8 PCMA/8000",
  "a=rtpmap:0 PCMU/8000",
  "a=rtpmap:101 telephone-event/8000",
  "a=fmtp:101 0-15",
  "a=rtcp:17839",
  "a=sendrecv",
  "a=label:1",
  "a=rtcp-rsize",
  "a=ssrc:2929862061 cname:sip:bob@127.0.0.1:5090",
  "a=ptime:20",
);

function read(text: string): PhoneDescription {
  const description = parsePhoneDescription(text);
  if (typeof description === "string") throw new Error(description);
  return description;
}

describe("the description of a telephone", () => {
  it("is read as baresip writes it", () => {
    expect(read(BARESIP)).toEqual({
      address: "192.0.2.2",
      port: 17_838,
      rtcp: { address: "192.0.2.2", port: 17_839 },
      isRtcpMux: false,
      codecs: [
        { codec: "PCMA", payloadType: 8 },
        { codec: "PCMU", payloadType: 0 },
      ],
      eventPayloadType: 101,
      direction: "sendrecv",
      sections: [{ kind: "audio", profile: "RTP/AVP", formats: "8 0 101" }],
      index: 0,
    });
  });

  it("may name its codecs by number alone, or by numbers of its own", () => {
    expect(read(sdp("c=IN IP6 2001:db8::1", "m=audio 4000 RTP/AVP 0 18")).codecs).toEqual([
      { codec: "PCMU", payloadType: 0 },
    ]);
    const own = read(
      sdp("c=IN IP4 192.0.2.1", "m=audio 4000 RTP/AVP 97 98", "a=rtpmap:97 PCMA/8000/1", "a=rtpmap:98 PCMU/16000"),
    );
    expect(own.codecs).toEqual([{ codec: "PCMA", payloadType: 97 }]);
  });

  it("says that the call is on hold, in the new way and the old", () => {
    const hold = (...lines: string[]): string => read(sdp(...lines)).direction;
    expect(hold("c=IN IP4 192.0.2.1", "m=audio 4000 RTP/AVP 0", "a=sendonly")).toBe("sendonly");
    expect(hold("c=IN IP4 192.0.2.1", "a=inactive", "m=audio 4000 RTP/AVP 0")).toBe("inactive");
    expect(hold("c=IN IP4 0.0.0.0", "m=audio 4000 RTP/AVP 0")).toBe("inactive");
  });

  it.each([
    ["no sound", sdp("c=IN IP4 192.0.2.1", "m=video 4000 RTP/AVP 96"), "its SDP offers no sound over RTP/AVP"],
    [
      "sound that is encrypted",
      sdp("c=IN IP4 192.0.2.1", "m=audio 4000 RTP/SAVP 0"),
      "its SDP offers no sound over RTP/AVP",
    ],
    [
      "sound that was turned down",
      sdp("c=IN IP4 192.0.2.1", "m=audio 0 RTP/AVP 0"),
      "its SDP offers no sound over RTP/AVP",
    ],
    [
      "a name instead of an address",
      sdp("c=IN IP4 attacker.example", "m=audio 4000 RTP/AVP 0"),
      "its SDP names no IP address",
    ],
    ["an address that is none", sdp("c=IN IP4 256.1.1.1", "m=audio 4000 RTP/AVP 0"), "its SDP names no IP address"],
    ["something else", "hello", "its SDP does not begin with v=0"],
    ["too many lines", sdp(...Array<string>(300).fill("a=x")), "its SDP has more than 256 lines"],
  ])("is refused for %s", (_what, text, reason) => {
    expect(parsePhoneDescription(text)).toBe(reason);
  });
});

describe("our answer", () => {
  const own = {
    address: "198.51.100.7",
    port: 40_000,
    rtcpPort: 40_001,
    sessionId: 7,
    sessionVersion: 1,
    direction: "sendrecv",
  } as const;

  it("has one codec, the keys as they were offered, and every m-line in its place", () => {
    const offer = read(
      sdp(
        "c=IN IP4 192.0.2.1",
        "m=video 5000 RTP/AVP 96 97",
        "m=audio 4000 RTP/AVPF 8 101",
        "a=rtpmap:101 telephone-event/8000",
        "a=rtcp-mux",
        "m=audio 6000 RTP/AVP 0",
      ),
    );
    expect(
      writePhoneDescription({ ...own, codecs: offer.codecs, eventPayloadType: offer.eventPayloadType, offer }).split(
        "\r\n",
      ),
    ).toEqual([
      "v=0",
      "o=- 7 1 IN IP4 198.51.100.7",
      "s=-",
      "c=IN IP4 198.51.100.7",
      "t=0 0",
      "m=video 0 RTP/AVP 96 97",
      "m=audio 40000 RTP/AVPF 8 101",
      "a=rtpmap:8 PCMA/8000",
      "a=rtpmap:101 telephone-event/8000",
      "a=fmtp:101 0-15",
      "a=ptime:20",
      "a=sendrecv",
      "a=rtcp-mux",
      "m=audio 0 RTP/AVP 0",
      "",
    ]);
  });

  it("can be read by ourselves", () => {
    const text = writePhoneDescription({
      ...own,
      address: "2001:db8::7",
      codecs: [{ codec: "PCMU", payloadType: 0 }],
      eventPayloadType: 101,
    });
    expect(read(text)).toMatchObject({
      address: "2001:db8::7",
      port: 40_000,
      rtcp: { port: 40_001 },
      eventPayloadType: 101,
    });
  });
});
