import { invariant } from "../errors.ts";
import type { EncodedVideoFrame, VideoCodec } from "../media/encoded-video-frame.ts";
import type { FramePool } from "../media/frame-pool.ts";
import { VideoFrame } from "../media/video-frame.ts";
import { checkReturn, type Ffmpeg, loadFfmpeg } from "./ffmpeg.ts";
import { readPicture } from "./native-picture.ts";

type CodecContext = InstanceType<Ffmpeg["lib"]["CodecContext"]>;
type NativeFrame = InstanceType<Ffmpeg["lib"]["Frame"]>;
type NativePacket = InstanceType<Ffmpeg["lib"]["Packet"]>;

export interface VideoDecoderOptions {
  codec: VideoCodec;
  /** Where the decoded pictures' memory comes from. */
  pool: FramePool;
}

export interface DecodedVideo {
  /** The pictures that came out, each on a lease of its own. Usually one. */
  readonly frames: VideoFrame[];
  /** Whether decoding stands still until a keyframe comes: ask the sender for one. */
  readonly keyframeNeeded: boolean;
}

/** FFmpeg's decoder names: the ones that measured fastest at one thread. */
const DECODER_NAMES = { H264: "h264", VP8: "vp8" } as const satisfies Record<VideoCodec, string>;

/** Larger pictures are refused, because a forged header could otherwise ask for gigabytes. 4096x2304. */
const MAX_PIXELS = 4096 * 2304;

/**
 * Turns compressed pictures into frames, off the main thread. Only whole pictures come out: once a picture
 * is broken or missing, everything up to the next keyframe is dropped and `keyframeNeeded` is true,
 * so a viewer sees a short standstill instead of smeared blocks.
 */
export class VideoDecoder implements AsyncDisposable {
  readonly #ffmpeg: Ffmpeg;
  readonly #pool: FramePool;
  readonly #context: CodecContext;
  readonly #packet: NativePacket;
  readonly #picture: NativeFrame;
  #pending: Promise<unknown> | undefined;
  #waitsForKeyframe = true;
  #closing: Promise<void> | undefined;

  private constructor(ffmpeg: Ffmpeg, { codec, pool }: VideoDecoderOptions) {
    this.#ffmpeg = ffmpeg;
    this.#pool = pool;
    this.#context = openDecoder(ffmpeg, codec);
    this.#packet = new ffmpeg.lib.Packet();
    this.#packet.alloc();
    this.#picture = new ffmpeg.lib.Frame();
    this.#picture.alloc();
  }

  /** @throws {FastRtcError} `codec_failed` when the native library is missing. */
  static async create(options: VideoDecoderOptions): Promise<VideoDecoder> {
    return new VideoDecoder(await loadFfmpeg(), options);
  }

  /**
   * Decodes one compressed picture; one call at a time. Whatever the bytes are, it neither throws nor crashes.
   * After `close` nothing comes out any more.
   */
  async decode(unit: EncodedVideoFrame): Promise<DecodedVideo> {
    invariant(!this.#pending, "a video decoder takes one picture at a time");
    if (this.#closing) return { frames: [], keyframeNeeded: false };
    if (this.#waitsForKeyframe) {
      if (!unit.keyframe) return { frames: [], keyframeNeeded: true };
      this.#context.flushBuffers();
    }
    // A packet without bytes would tell FFmpeg that the stream is over.
    if (unit.data.byteLength === 0) return this.#fail();
    this.#packet.data = asBuffer(unit.data);
    const sent = await this.#send();
    if (this.#closing) return { frames: [], keyframeNeeded: false };
    if (sent < 0) return this.#fail();
    this.#waitsForKeyframe = false;
    return this.#receive(unit.timestampUs);
  }

  /** Frees the native memory once the call under way is over. Harmless when repeated. */
  close(): Promise<void> {
    this.#closing ??= this.#free();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #send(): Promise<number> {
    const sending = this.#context.sendPacket(this.#packet);
    this.#pending = sending;
    try {
      return await sending;
    } finally {
      this.#pending = undefined;
    }
  }

  #receive(timestampUs: number): DecodedVideo {
    const { constants, eagain } = this.#ffmpeg;
    const frames: VideoFrame[] = [];
    for (;;) {
      const received = this.#context.receiveFrameSync(this.#picture);
      if (received === eagain) return { frames, keyframeNeeded: false };
      const broken =
        received < 0 ||
        this.#picture.decodeErrorFlags !== 0 ||
        (this.#picture.flags & constants.AV_FRAME_FLAG_CORRUPT) !== 0;
      if (broken) {
        this.#picture.unref();
        for (const frame of frames) frame.release();
        return this.#fail();
      }
      frames.push(this.#take(timestampUs));
    }
  }

  #take(timestampUs: number): VideoFrame {
    const { width, height } = this.#picture;
    const frame = VideoFrame.allocate(width, height, { lease: this.#pool.lease(), timestampUs });
    readPicture(this.#picture, frame);
    this.#picture.unref();
    return frame;
  }

  async #free(): Promise<void> {
    // Freeing a context that a thread is working on would crash the process.
    await Promise.allSettled([this.#pending]);
    this.#context.freeContext();
    this.#packet.free();
    this.#picture.free();
  }

  #fail(): DecodedVideo {
    this.#waitsForKeyframe = true;
    return { frames: [], keyframeNeeded: true };
  }
}

function openDecoder(ffmpeg: Ffmpeg, codec: VideoCodec): CodecContext {
  const { lib, constants } = ffmpeg;
  const decoder = lib.Codec.findDecoderByName(DECODER_NAMES[codec] as Parameters<typeof lib.Codec.findDecoderByName>[0]);
  invariant(decoder, `this build of FFmpeg decodes ${codec}`);
  const context = new lib.CodecContext();
  context.allocContext3(decoder);
  context.threadCount = 1;
  context.setFlags(constants.AV_CODEC_FLAG_LOW_DELAY);
  context.setOption("max_pixels", MAX_PIXELS);
  checkReturn(ffmpeg, context.open2Sync(decoder, null), `open the ${codec} decoder`);
  return context;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
