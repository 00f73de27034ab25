import type { BenchCodec } from "../webrtc/video-format.ts";
import type { StreamCount } from "./load-stream.ts";

/** What the benchmark asks of its load generator. Each request is answered by one reply, in order. */
export type GeneratorRequest =
  /** Encodes the clips now: it takes seconds, in which a stream that is just connecting would be given up. */
  | { readonly type: "prepare"; readonly codecs: readonly BenchCodec[] }
  | { readonly type: "connect"; readonly url: string; readonly streams: number; readonly codec?: BenchCodec }
  | { readonly type: "count" }
  | { readonly type: "disconnect" }
  | { readonly type: "churn"; readonly url: string; readonly cycles: number; readonly codec?: BenchCodec };

export type GeneratorReply =
  | { readonly type: "prepared" }
  | { readonly type: "connected"; readonly codec: BenchCodec; readonly failures: readonly string[] }
  | {
      readonly type: "counted";
      /** Since the last count. */
      readonly elapsedMs: number;
      readonly cpuMs: number;
      readonly streams: readonly StreamCount[];
    }
  | { readonly type: "disconnected" }
  | { readonly type: "churned"; readonly failures: readonly string[]; readonly firstPictureMs: readonly number[] }
  | { readonly type: "failed"; readonly message: string };
