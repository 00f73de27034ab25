import { type TransportDescription, transportLines } from "../webrtc/transport-description.ts";
import { type BenchCodec, type VideoFormat, videoFormatLines } from "../webrtc/video-format.ts";

/** VP8 first and H.264 after it, with the numbers that Chromium gives them. */
const FORMATS: readonly VideoFormat[] = [
  { codec: "vp8", payloadType: 96 },
  { codec: "h264", payloadType: 103 },
];

const EXTENSIONS = {
  absoluteSendTime: { id: 2, uri: "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time" },
  transportSequence: {
    id: 3,
    uri: "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
  },
  playoutDelay: { id: 5, uri: "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay" },
} as const;

/** The offer of a browser with one video track both ways and a data channel. */
export function clientOffer(transport: TransportDescription, ssrc: number, only: BenchCodec | undefined): string {
  const formats = FORMATS.filter(({ codec }) => only === undefined || codec === only);
  const transportAttributes = transportLines({ ...transport, setup: "actpass" });
  const lines = [
    "v=0",
    `o=- ${ssrc} 2 IN IP4 127.0.0.1`,
    "s=-",
    "t=0 0",
    "a=group:BUNDLE 0 1",
    "a=msid-semantic: WMS bench",
    `m=video 9 UDP/TLS/RTP/SAVPF ${formats.map(({ payloadType }) => payloadType).join(" ")}`,
    "c=IN IP4 0.0.0.0",
    "a=rtcp:9 IN IP4 0.0.0.0",
    ...transportAttributes,
    "a=mid:0",
    ...Object.values(EXTENSIONS).map(({ id, uri }) => `a=extmap:${id} ${uri}`),
    "a=sendrecv",
    "a=msid:bench video",
    "a=rtcp-mux",
    "a=rtcp-rsize",
    ...formats.flatMap((format) => [...videoFormatLines(format), `a=rtcp-fb:${format.payloadType} transport-cc`]),
    `a=ssrc:${ssrc} cname:bench`,
    `a=ssrc:${ssrc} msid:bench video`,
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
    "c=IN IP4 0.0.0.0",
    ...transportAttributes,
    "a=mid:1",
    "a=sctp-port:5000",
    "a=max-message-size:262144",
  ];
  return `${lines.join("\r\n")}\r\n`;
}

/** The ids of the header extensions that an answer accepted. */
export function readExtensions(answerSdp: string): { absoluteSendTime?: number; transportSequence?: number } {
  const accepted: { absoluteSendTime?: number; transportSequence?: number } = {};
  for (const [, id, uri] of answerSdp.matchAll(/^a=extmap:(\d+)\S* (\S+?)\r?$/gm)) {
    if (uri === EXTENSIONS.absoluteSendTime.uri) accepted.absoluteSendTime = Number(id);
    if (uri === EXTENSIONS.transportSequence.uri) accepted.transportSequence = Number(id);
  }
  return accepted;
}
