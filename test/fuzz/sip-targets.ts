import { bestChallenge, parseCredentials } from "../../src/protocol/sip/digest.ts";
import { MessageSplitter } from "../../src/protocol/sip/message-splitter.ts";
import { parseSipMessage } from "../../src/protocol/sip/parse-sip-message.ts";
import { parsePhoneDescription, writePhoneDescription } from "../../src/protocol/sip/phone-description.ts";
import { parseKeyOfInfo, parseTelephoneEvent } from "../../src/protocol/sip/telephone-event.ts";
import { writeSipResponse } from "../../src/protocol/sip/write-sip-message.ts";
import { parseRtpPacket, serializeRtpPacket } from "../../src/rtp/packet.ts";
import { Dialog } from "../../src/transports/sip/dialog.ts";
import { PhoneReceiver } from "../../src/transports/sip/phone-receiver.ts";
import { headersOf } from "../../src/transports/sip/incoming-call.ts";
import { TORTUROUS, invite } from "../protocol/sip/torture-messages.ts";
import type { FuzzTarget } from "./fuzz-target.ts";

const bytesOf = (text: string): Uint8Array => Buffer.from(text);
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();

const SDP = [
  "v=0",
  "o=- 1 1 IN IP4 192.0.2.2",
  "s=-",
  "c=IN IP4 192.0.2.2",
  "t=0 0",
  "m=video 0 RTP/AVP 96",
  "m=audio 17838 RTP/AVP 8 0 101",
  "a=rtpmap:101 telephone-event/8000",
  "a=rtcp:17839 IN IP4 192.0.2.3",
  "a=sendonly",
  "",
].join("\r\n");

const SIP_TOKENS = [
  "\r\n",
  "\r\n\r\n",
  "\r\n ",
  ",",
  ";",
  '"',
  "<",
  ">",
  "\\",
  "SIP/2.0",
  "Via: SIP/2.0/UDP a;branch=z9hG4bK1",
  "Content-Length: 99999",
  "Content-Length: 0",
  ";tag=",
  ";lr",
  "sip:a@[::1]:5060",
  "Record-Route: <sip:192.0.2.1;lr>",
  "\u0000",
  "é",
].map(bytesOf);

const PEER = { transport: "udp", address: "192.0.2.9", port: 5060 } as const;

const messages: FuzzTarget = {
  name: "SIP message, and what is answered to it",
  corpus: [TORTUROUS, invite(), invite({ body: SDP }), invite({ start: "SIP/2.0 200 OK", body: SDP })],
  tokens: SIP_TOKENS,
  share: 0.3,
  open: () => (bytes) => {
    const message = parseSipMessage(bytes);
    if (message.type === "request") {
      const dialog = Dialog.ofIncoming(message, "ours", PEER);
      const written = [
        textOf(writeSipResponse(message, { status: 200, toTag: "ours" })),
        ...dialog.headers("BYE", 1).map((line) => line.join(": ")),
      ];
      if (
        written.some((text) => /\r(?!\n)|(?<!\r)\n/.test(text)) ||
        dialog.headers("BYE", 1).some(([, value]) => /[\r\n]/.test(value))
      ) {
        throw new Error("broken: a line that the caller wrote");
      }
      if (dialog.nextHop.port > 65_535) throw new Error("broken: no port");
      headersOf(message);
    }
    return message.type !== "invalid";
  },
};

const streams: FuzzTarget = {
  name: "TCP connection of SIP",
  corpus: [Buffer.concat([invite(), invite({ body: SDP })]), TORTUROUS],
  tokens: SIP_TOKENS,
  open: () => {
    let splitter = new MessageSplitter();
    return (bytes) => {
      const messagesOfIt = splitter.push(bytes);
      if ("reason" in messagesOfIt) splitter = new MessageSplitter();
      return !("reason" in messagesOfIt);
    };
  },
};

const descriptions: FuzzTarget = {
  name: "SDP of a telephone, and the answer",
  corpus: [bytesOf(SDP)],
  tokens: ["m=audio 4000 RTP/AVP 0\r\n", "a=rtpmap:0 PCMA/8000", "c=IN IP6 ::", "65536", "-1", "\r\n", " ", "/"].map(
    bytesOf,
  ),
  open: () => (bytes) => {
    const offer = parsePhoneDescription(textOf(bytes));
    if (typeof offer === "string") return false;
    const { codecs, eventPayloadType } = offer;
    const own = { address: "192.0.2.1", port: 4000, rtcpPort: 4001, sessionId: 1, sessionVersion: 1 };
    const answer = writePhoneDescription({ ...own, codecs, eventPayloadType, direction: "sendrecv", offer });
    if (/\r(?!\n)|(?<!\r)\n/.test(answer)) throw new Error("broken: a line that the offer wrote");
    return true;
  },
};

const digests: FuzzTarget = {
  name: "digest challenge and credentials of SIP",
  corpus: [
    'Digest realm="a", nonce="b", algorithm=SHA-256, qop="auth,auth-int", opaque="c", stale=true',
    `Digest username="a", realm="b", nonce="c", uri="sip:d", response="${"0".repeat(32)}", qop=auth, nc=00000001, cnonce="e"`,
  ].map(bytesOf),
  tokens: ['"', ",", "=", "\\", "MD5-sess", "Digest "].map(bytesOf),
  open: () => (bytes) => {
    const text = textOf(bytes);
    return bestChallenge([text]) !== undefined || parseCredentials(text) !== undefined;
  },
};

const sound: FuzzTarget = {
  name: "sound and keys of a telephone",
  corpus: [0, 8, 13, 101].map((payloadType) =>
    serializeRtpPacket({
      payloadType,
      ssrc: 1,
      sequenceNumber: 7,
      timestamp: 1120,
      payload: new Uint8Array(160).fill(5),
    }),
  ),
  share: 0.3,
  open: () => {
    const receiver = new PhoneReceiver({ onAudio: () => {}, onKey: () => {} });
    receiver.expect([{ codec: "PCMU", payloadType: 0 }], 101);
    let nowMs = 0;
    return (bytes) => {
      nowMs += 7;
      const packet = parseRtpPacket(bytes);
      if (packet) receiver.handlePacket(packet, nowMs);
      receiver.handleTimer(nowMs);
      parseTelephoneEvent(bytes);
      parseKeyOfInfo("application/dtmf-relay", textOf(bytes));
      return packet !== undefined;
    };
  },
};

/** Everything of SIP that reads what a stranger sends. */
export const sipTargets: readonly FuzzTarget[] = [messages, streams, descriptions, digests, sound];
