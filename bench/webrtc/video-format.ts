/** The codecs that the benchmark sends. */
export type BenchCodec = "h264" | "vp8";

/** One way of sending video that an SDP announces. */
export interface VideoFormat {
  readonly codec: BenchCodec;
  readonly payloadType: number;
}

/**
 * The formats of the first video section that the benchmark understands, in the SDP's order of preference:
 * VP8, and constrained-baseline H.264 in packetization mode 1.
 */
export function readVideoFormats(sdp: string): VideoFormat[] {
  const section = /^m=video \d+ \S+ ([\d ]+)[\s\S]*?(?=^m=|$(?![\s\S]))/m.exec(sdp);
  if (!section?.[1]) return [];
  const formats: VideoFormat[] = [];
  for (const payloadType of section[1].trim().split(" ").map(Number)) {
    const name = new RegExp(`^a=rtpmap:${payloadType} ([^/]+)/`, "m").exec(section[0])?.[1]?.toLowerCase();
    const parameters = new RegExp(`^a=fmtp:${payloadType} (.+?)\\r?$`, "m").exec(section[0])?.[1] ?? "";
    if (name === "vp8") formats.push({ codec: "vp8", payloadType });
    if (name === "h264" && /packetization-mode=1/.test(parameters) && /profile-level-id=42(e0|c0)/i.test(parameters)) {
      formats.push({ codec: "h264", payloadType });
    }
  }
  return formats;
}

/** The lines that announce a format and the RTCP feedback that goes with it. */
export function videoFormatLines({ codec, payloadType }: VideoFormat): string[] {
  const name = codec === "h264" ? "H264" : "VP8";
  return [
    `a=rtpmap:${payloadType} ${name}/90000`,
    ...["goog-remb", "ccm fir", "nack", "nack pli"].map((feedback) => `a=rtcp-fb:${payloadType} ${feedback}`),
    ...(codec === "h264"
      ? [`a=fmtp:${payloadType} level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f`]
      : []),
  ];
}
