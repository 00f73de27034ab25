import { startProgram } from "../process/child-process.ts";
import type { BenchCodec } from "../webrtc/video-format.ts";

/** The bare codec's cost for one stream of the load's own pictures. */
export interface CodecFloor {
  readonly codec: BenchCodec;
  /** Decoding and encoding, per second of video. */
  readonly cpuMsPerSecond: number;
  readonly decodeMsPerSecond: number;
  readonly kilobitsPerSecond: number;
}

/** Decodes and encodes the clip in a process of its own, without network, handler or waiting. */
export async function measureCodecFloor(codec: BenchCodec): Promise<CodecFloor> {
  const program = new URL("../codec/codec-floor-program.ts", import.meta.url);
  await using child = startProgram("codec floor", program, [codec]);
  const code = await child.ended(60_000);
  const result = child.output.split("\n").find((line) => line.startsWith("{"));
  if (code !== 0 || result === undefined) throw new Error(`The codec floor failed:\n${child.output}`);
  return JSON.parse(result) as CodecFloor;
}
