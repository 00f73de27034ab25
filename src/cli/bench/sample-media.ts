import { OPUS_PACKET_SAMPLES, OpusEncoder } from "../../codecs/opus-encoder.ts";
import { VideoEncoder } from "../../codecs/video-encoder.ts";
import { VideoFrame } from "../../media/video-frame.ts";
import { H264Packetizer } from "../../rtp/h264/packetizer.ts";

/** Two seconds of something to send over and over, compressed once for all calls. */
export interface SampleMedia {
  /** The RTP payloads of each picture or piece of sound; the last one of a picture gets the marker. */
  readonly units: readonly (readonly Uint8Array[])[];
  /** How far apart they are, in milliseconds and in ticks of RTP's clock. */
  readonly intervalMs: number;
  readonly ticks: number;
}

const WIDTH = 640;
const HEIGHT = 480;
const FRAME_RATE = 30;
const MAX_PAYLOAD_BYTES = 1100;

/** A bar that moves over grey, 640 x 480 at 30 pictures per second, about 500 kbit/s. */
export async function sampleVideo(): Promise<SampleMedia> {
  await using encoder = await VideoEncoder.create({ codec: "H264", bitrate: 500_000, frameRate: FRAME_RATE });
  const packetizer = new H264Packetizer();
  const units: (readonly Uint8Array[])[] = [];
  for (let index = 0; index < 2 * FRAME_RATE; index += 1) {
    const pixels = new Uint8Array(WIDTH * HEIGHT).fill(96);
    for (let row = 0; row < HEIGHT; row += 1) pixels.fill(220, row * WIDTH + index * 10, row * WIDTH + index * 10 + 20);
    const timestampUs = Math.round((index * 1_000_000) / FRAME_RATE);
    const frame = VideoFrame.from(pixels, { format: "gray8", width: WIDTH, height: HEIGHT, timestampUs });
    const encoded = await encoder.encode(frame, { keyframe: index === 0 });
    if (!encoded) continue;
    const cut = packetizer.packetize(encoded.data, { maxPayloadByteLength: MAX_PAYLOAD_BYTES });
    if (cut.type === "packets") units.push(cut.packets);
  }
  return { units, intervalMs: 1000 / FRAME_RATE, ticks: 90_000 / FRAME_RATE };
}

/** A tone of 440 Hz. */
export async function sampleAudio(): Promise<SampleMedia> {
  await using encoder = await OpusEncoder.create();
  const units: (readonly Uint8Array[])[] = [];
  for (let index = 0; index < 100; index += 1) {
    const samples = Int16Array.from(
      { length: OPUS_PACKET_SAMPLES },
      (_, at) => 8000 * Math.sin((2 * Math.PI * 440 * (index * OPUS_PACKET_SAMPLES + at)) / 48_000),
    );
    const encoded = await encoder.encode(samples);
    if (encoded) units.push([encoded]);
  }
  return { units, intervalMs: 20, ticks: OPUS_PACKET_SAMPLES };
}
