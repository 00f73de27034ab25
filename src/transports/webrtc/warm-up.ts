import { OpusDecoder } from "../../codecs/opus-decoder.ts";
import { OPUS_PACKET_SAMPLES, OpusEncoder } from "../../codecs/opus-encoder.ts";
import { VideoDecoder } from "../../codecs/video-decoder.ts";
import { VideoEncoder } from "../../codecs/video-encoder.ts";
import { FramePool } from "../../media/frame-pool.ts";
import { VideoFrame } from "../../media/video-frame.ts";
import { NodeDataChannelTransport } from "./node-datachannel-transport.ts";

/** A peer that never answers: its values only have to be well-formed. */
const NOBODY = {
  iceUfrag: "warm",
  icePwd: "warm-up-of-the-native-parts",
  fingerprint: { algorithm: "sha-256", value: Array.from({ length: 32 }, () => "00").join(":") },
  setup: "actpass",
  media: true,
  dataChannel: undefined,
} as const;

let warming: Promise<void> | undefined;

/**
 * Loads the native libraries and puts one picture and one packet of sound through them, so that the first visitor does not wait for it:
 * about a second on a small machine. Done once per process.
 * @throws {FastRtcError} `codec_failed` when the machine has no build of the codecs.
 */
export function warmUp(): Promise<void> {
  warming ??= run();
  return warming;
}

async function run(): Promise<void> {
  const ignore = (): void => {};
  const transport = new NodeDataChannelTransport(NOBODY, {
    rtp: ignore,
    rtcp: ignore,
    state: ignore,
    channelOpen: ignore,
    channelMessage: ignore,
    channelClosed: ignore,
    localCandidate: ignore,
    pong: ignore,
    error: ignore,
  });
  await transport.close();
  await using encoder = await VideoEncoder.create({ codec: "H264", bitrate: 1_000_000 });
  await using decoder = await VideoDecoder.create({ codec: "H264", pool: new FramePool() });
  const frame = VideoFrame.from(new Uint8Array((640 * 480 * 3) / 2).fill(128), {
    format: "i420",
    width: 640,
    height: 480,
    timestampUs: 0,
  });
  const encoded = await encoder.encode(frame.flip("vertical"), { keyframe: true });
  if (encoded) await decoder.decode(encoded);
  await using opusEncoder = await OpusEncoder.create();
  await using opusDecoder = await OpusDecoder.create();
  const packet = await opusEncoder.encode(new Int16Array(OPUS_PACKET_SAMPLES));
  if (packet) opusDecoder.decode(packet);
}
