import { parseServerMessage } from "../../src/client/server-message.ts";
import { decodeBase64, encodeBase64, readBase64 } from "../../src/protocol/base64.ts";
import { encodeClientRequest, parseClientRequest } from "../../src/protocol/client-request.ts";
import { MessageJoiner, splitMessage } from "../../src/protocol/message-pieces.ts";
import { parseServerStats } from "../../src/protocol/server-stats.ts";
import { parseOfferRequest } from "../../src/protocol/offer-request.ts";
import { writeAnswer } from "../../src/protocol/sdp/answer.ts";
import { parseTrickledCandidate, writeCandidate } from "../../src/protocol/sdp/candidate.ts";
import { parseOffer } from "../../src/protocol/sdp/offer.ts";
import { parsePublicHost } from "../../src/protocol/public-host.ts";
import { parsePlivoMessage } from "../../src/protocol/plivo/stream-message.ts";
import { parseTelnyxMessage } from "../../src/protocol/telnyx/stream-message.ts";
import { parseTwilioMessage } from "../../src/protocol/twilio/stream-message.ts";
import { parseVonageMessage } from "../../src/protocol/vonage/stream-message.ts";
import { parseAudioPayload } from "../../src/protocol/websocket/audio-payload.ts";
import { parseClientMessage, readMediaPayload } from "../../src/protocol/websocket/client-message.ts";
import { engineOffer } from "../../src/transports/webrtc/engine-description.ts";
import { planMedia } from "../../src/transports/webrtc/media-plan.ts";
import { PION_OFFER, SAFARI_OFFER, capturedOffer } from "../protocol/sdp/real-offers.ts";
import type { FuzzTarget } from "./fuzz-target.ts";

const bytesOf = (text: string): Uint8Array => Buffer.from(text);
const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
const json = (...values: readonly unknown[]): Uint8Array[] => values.map((value) => bytesOf(JSON.stringify(value)));

const JSON_TOKENS = [
  '{"toString":1}',
  '"',
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  "null",
  "true",
  "-1",
  "1e999",
  "0.5",
  '"__proto__":1,',
  '"type":',
  '"data":',
  '"event":',
  "\\u0000",
  "\\ud800",
  "\u0000",
  "💣",
].map(bytesOf);

const SDP_TOKENS = [
  "\r\n",
  "\n",
  "a=",
  "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n",
  "a=rtpmap:96 VP8/90000\r\n",
  "a=fmtp:96 apt=96\r\n",
  "a=extmap:1 ",
  "a=group:BUNDLE 0 0 0\r\n",
  "a=mid:0\r\n",
  "a=rtcp-fb:* nack\r\n",
  "a=ssrc-group:FID 1 2 3\r\n",
  "a=sctp-port:65536\r\n",
  "4294967296",
  "-1",
  " ",
  "\u0000",
].map(bytesOf);

const CANDIDATE =
  "candidate:3142270384 1 udp 2113937151 192.0.2.7 53817 typ host generation 0 ufrag Xk2p network-cost 999";
const OFFERS = [
  SAFARI_OFFER,
  PION_OFFER,
  ...["chromium-vp8", "firefox-vp8", "aiortc-vp8"].map((name) => capturedOffer(name).offer),
];

/** Runs `parse` on the value of a text that is JSON; what is not JSON is a framework's matter. */
function withJson(text: string, parse: (value: unknown) => void): boolean {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return false; // The route answers `invalid_json`.
  }
  parse(value);
  return true;
}

const offerBodies: FuzzTarget = {
  name: "body of POST webrtc/offer",
  corpus: json(
    { type: "offer", sdp: "v=0", webrtc_id: "abc" },
    { type: "offer", sdp: "v=0", webrtc_id: "abc", resume: { session: "x", attempt: 1 } },
    { type: "ice-candidate", webrtc_id: "abc", candidate: { candidate: CANDIDATE, sdpMid: "0", sdpMLineIndex: 0 } },
  ),
  tokens: JSON_TOKENS,
  share: 0.4,
  refusals: ["invalid_request"],
  open: () => (bytes) => withJson(textOf(bytes), (value) => parseOfferRequest(value)),
};

const offers: FuzzTarget = {
  name: "SDP offer, its negotiation and the answer",
  corpus: OFFERS.map(bytesOf),
  tokens: SDP_TOKENS,
  share: 0.03,
  refusals: ["invalid_sdp", "unsupported_codec", "extra_tracks"],
  open: () => (bytes) => {
    const plan = planMedia(parseOffer(textOf(bytes)), {
      modality: "audio-video",
      mode: "send-receive",
      allowExtraTracks: true,
    });
    engineOffer({ ...plan.transport, media: plan.media.length > 0, dataChannel: { maxMessageSize: 65_536 } });
    const answer = writeAnswer(plan, {
      local: {
        iceUfrag: "abcd",
        icePwd: "abcdefghijklmnopqrstuv",
        fingerprint: { algorithm: "sha-256", value: "AB".repeat(32).replace(/..(?!$)/g, "$&:") },
        setup: "passive",
      },
      candidates: [],
      sessionId: 1,
      streamFor: () => ({ ssrc: 1, rtxSsrc: 2, cname: "c", streamId: "s", trackId: "t" }),
    });
    if (/\r(?!\n)|(?<!\r)\n/.test(answer)) throw new Error("broken: a line of the answer that the offer wrote");
    return true;
  },
};

const candidates: FuzzTarget = {
  name: "trickled candidate",
  corpus: [
    CANDIDATE,
    "candidate:1 1 tcp 1518280447 2001:db8::1 9 typ host tcptype active",
    "candidate:1 1 UDP 1 5cf2f8a2-1d3a-4c6f-8e0a-3f6b2b1a9e10.local 1 typ srflx raddr 0.0.0.0 rport 0",
    "",
  ].map(bytesOf),
  tokens: [" ", "65536", "-1", "typ relay", "::", "::ffff:1.2.3.4", "a=", "\r\n"].map(bytesOf),
  refusals: ["invalid_candidate"],
  open: () => (bytes) => {
    const { candidate } = parseTrickledCandidate({ candidate: textOf(bytes), sdpMid: "0", sdpMLineIndex: 0 });
    if (candidate && /[\r\n]/.test(writeCandidate(candidate))) throw new Error("broken: a candidate of two lines");
    return candidate !== undefined;
  },
};

const SOUND = encodeBase64(new Uint8Array(160).fill(0x7f));

const webSocketMessages: FuzzTarget = {
  name: "message of a WebSocket",
  corpus: json(
    { event: "start", websocket_id: "abc" },
    {
      event: "start",
      websocket_id: "abc",
      media: { encoding: "opus", sample_rate: 48_000, channels: 2, binary: true },
    },
    { event: "media", media: { payload: SOUND } },
    { event: "ping" },
    { event: "stop" },
  ),
  tokens: JSON_TOKENS,
  open: () => (bytes) => {
    const payload = readMediaPayload(bytes);
    if (payload) parseAudioPayload(payload, { encoding: "mulaw", channels: 1 });
    const { type } = parseClientMessage(textOf(bytes));
    return type !== "invalid" && type !== "unknown";
  },
};

const audioPayloads: FuzzTarget = {
  name: "binary message with audio",
  corpus: [new Uint8Array(160), new Uint8Array(1920), Uint8Array.of(0xf8, 0xff, 0xfe)],
  open: () => (bytes) =>
    (["pcm16", "mulaw", "opus"] as const)
      .flatMap((encoding) => ([1, 2] as const).map((channels) => parseAudioPayload(bytes, { encoding, channels })))
      .some(({ type }) => type !== "invalid"),
};

const twilioMessages: FuzzTarget = {
  name: "message of Twilio",
  corpus: json(
    { event: "connected", protocol: "Call", version: "1.0.0" },
    {
      event: "start",
      sequenceNumber: "1",
      streamSid: "MZ1",
      start: {
        streamSid: "MZ1",
        accountSid: "AC1",
        callSid: "CA1",
        tracks: ["inbound"],
        mediaFormat: { encoding: "audio/x-mulaw", sampleRate: 8000, channels: 1 },
        customParameters: { a: "b" },
      },
    },
    { event: "media", streamSid: "MZ1", media: { track: "inbound", chunk: "2", timestamp: "5", payload: SOUND } },
    { event: "mark", streamSid: "MZ1", mark: { name: "7" } },
    { event: "dtmf", streamSid: "MZ1", dtmf: { track: "inbound_track", digit: "1" } },
    { event: "stop", streamSid: "MZ1", stop: { accountSid: "AC1", callSid: "CA1" } },
  ),
  tokens: JSON_TOKENS,
  open: () => (bytes) => {
    const { type } = parseTwilioMessage(textOf(bytes));
    return type !== "invalid" && type !== "unknown";
  },
};

const carrierMessages: readonly FuzzTarget[] = [
  {
    name: "message of Telnyx",
    corpus: json(
      {
        event: "start",
        stream_id: "a",
        start: { call_control_id: "v2:a", media_format: { encoding: "PCMU", sample_rate: 8000 } },
      },
      { event: "media", media: { track: "inbound", chunk: "2", timestamp: "5", payload: SOUND } },
      { event: "mark", mark: { name: "7" } },
      { event: "dtmf", dtmf: { digit: "1" } },
    ),
    parse: parseTelnyxMessage,
  },
  {
    name: "message of Plivo",
    corpus: json(
      {
        event: "start",
        start: { streamId: "a", callId: "b", mediaFormat: { sampleRate: 8000 } },
        extra_headers: "a=1;b=2",
      },
      { event: "media", streamId: "a", media: { track: "inbound", chunk: 2, timestamp: "5", payload: SOUND } },
      { event: "playedStream", streamId: "a", name: "7" },
      { event: "dtmf", dtmf: { digit: "1" } },
    ),
    parse: parsePlivoMessage,
  },
  {
    name: "message of Vonage",
    corpus: json(
      { event: "websocket:connected", "content-type": "audio/l16;rate=16000", a: "b" },
      { event: "websocket:notify", payload: { name: "7" } },
      { event: "websocket:dtmf", digit: "1", duration: 260 },
    ),
    parse: parseVonageMessage,
  },
].map(({ name, corpus, parse }) => ({
  name,
  corpus,
  tokens: JSON_TOKENS,
  open: () => (bytes) => {
    const { type } = parse(textOf(bytes));
    return type !== "invalid" && type !== "unknown";
  },
}));

const publicHosts: FuzzTarget = {
  name: "Host header of a call",
  corpus: ["example.com", "example.com:8443", "[2001:db8::1]:80", "xn--bcher-kva.example", "10.0.0.1"].map(bytesOf),
  tokens: ["..", "@", "/", ":", "[", "]", "\r\n", " ", ","].map(bytesOf),
  open: () => (bytes) => {
    const host = parsePublicHost(textOf(bytes));
    if (host !== undefined && /[\s<>"'&/@]/.test(host)) throw new Error(`broken: ${host} is no host`);
    return host !== undefined;
  },
};

const clientRequests: FuzzTarget = {
  name: "request of a page on the data channel",
  corpus: [
    ...json({ type: "set_input", data: [1, "a", null] }, { type: "show_outputs" }, { type: "stats" }),
    ...splitMessage(JSON.stringify({ type: "set_input", data: ["x".repeat(3000)] })).map(bytesOf),
  ],
  tokens: [...JSON_TOKENS, bytesOf('{"type":"piece"'), bytesOf('"index":0'), bytesOf('"count":2')],
  open: () => {
    const joiner = new MessageJoiner();
    return (bytes) => {
      const whole = joiner.push(textOf(bytes));
      const request = whole === undefined ? undefined : parseClientRequest(whole);
      if (request) encodeClientRequest(request);
      return request !== undefined;
    };
  },
};

const serverMessages: FuzzTarget = {
  name: "message of a server, in the browser",
  corpus: json(
    { type: "error", data: "a", message: "a" },
    { type: "send_input", data: "" },
    { type: "end_stream", data: "over" },
    { type: "log", data: { a: 1 } },
    { type: "update_connection", data: "closed" },
    { type: "stats", data: { receivedFps: 29.9, fractionLost: 0, handlerMs: 3 } },
  ),
  tokens: JSON_TOKENS,
  open: () => (bytes) => {
    const text = textOf(bytes);
    return parseServerStats(text) !== undefined || parseServerMessage(text) !== undefined;
  },
};

const base64: FuzzTarget = {
  name: "base64",
  corpus: [
    bytesOf(SOUND),
    ...[1, 2, 3, 4, 5].map((length) => bytesOf(encodeBase64(new Uint8Array(length).fill(0xff)))),
  ],
  tokens: ["=", "==", "-_", "\n", " ", "é"].map(bytesOf),
  open: () => (bytes) => {
    const text = textOf(bytes);
    const decoded = decodeBase64(text);
    readBase64(bytes, 0, bytes.length);
    if (decoded && decodeBase64(encodeBase64(decoded))?.length !== decoded.length) {
      throw new Error("broken: what was decoded does not come back");
    }
    return decoded !== undefined;
  },
};

/** Everything of `src/protocol/`, and of the client, that reads what a stranger sends. */
export const protocolTargets: readonly FuzzTarget[] = [
  offerBodies,
  offers,
  candidates,
  webSocketMessages,
  audioPayloads,
  twilioMessages,
  ...carrierMessages,
  publicHosts,
  clientRequests,
  serverMessages,
  base64,
];
