import * as constants from "node-av/constants";
import { Codec, CodecContext, Frame, Log, Packet, Rational } from "node-av/lib";
import { PICTURE_HEIGHT, PICTURE_WIDTH } from "../picture/frame-code.ts";
import type { BenchCodec } from "../webrtc/video-format.ts";

/** What a webcam stream of 640x480 at 30 fps usually gets. */
export const BITS_PER_SECOND = 1_000_000;
export const FRAMES_PER_SECOND = 30;

/** Options that make each encoder as fast as real time needs it; the ones the package uses, too. */
const SPEED: Readonly<Record<BenchCodec, Readonly<Record<string, string>>>> = {
  h264: { preset: "ultrafast", tune: "zerolatency", profile: "baseline", "forced-idr": "1" },
  vp8: { deadline: "realtime", "cpu-used": "8", "lag-in-frames": "0", "error-resilient": "1" },
};

export interface EncodedPicture {
  readonly data: Buffer;
  readonly keyframe: boolean;
}

/** The bare encoder: one thread, blocking calls, 1 Mbit/s, keyframes only where asked for. */
export class PictureEncoder implements Disposable {
  readonly #context = new CodecContext();
  readonly #packet = new Packet();
  readonly #frame = new Frame();
  #pts = 0n;

  constructor(codec: BenchCodec) {
    Log.setLevel(constants.AV_LOG_ERROR);
    const encoder = Codec.findEncoderByName(
      codec === "h264" ? constants.FF_ENCODER_LIBX264 : constants.FF_ENCODER_LIBVPX_VP8,
    );
    if (!encoder) throw new Error(`This build of FFmpeg does not encode ${codec}.`);
    this.#context.allocContext3(encoder);
    this.#context.width = PICTURE_WIDTH;
    this.#context.height = PICTURE_HEIGHT;
    this.#context.pixelFormat = constants.AV_PIX_FMT_YUV420P;
    this.#context.timeBase = new Rational(1, FRAMES_PER_SECOND);
    this.#context.framerate = new Rational(FRAMES_PER_SECOND, 1);
    this.#context.threadCount = 1;
    this.#context.gopSize = 2 ** 30;
    this.#context.maxBFrames = 0;
    this.#context.bitRate = BigInt(BITS_PER_SECOND);
    this.#context.rcMaxRate = BigInt(BITS_PER_SECOND);
    this.#context.rcBufferSize = BITS_PER_SECOND / 2;
    for (const [name, value] of Object.entries(SPEED[codec])) this.#context.setOption(name, value);
    check(this.#context.open2Sync(encoder, null), `open the ${codec} encoder`);
    this.#packet.alloc();
    this.#frame.alloc();
    this.#frame.format = constants.AV_PIX_FMT_YUV420P;
    this.#frame.width = PICTURE_WIDTH;
    this.#frame.height = PICTURE_HEIGHT;
    check(this.#frame.getBuffer(0), "allocate a picture");
  }

  /** Encodes pixels in gapless I420. */
  encodePixels(pixels: Uint8Array, keyframe: boolean): EncodedPicture {
    const luma = PICTURE_WIDTH * PICTURE_HEIGHT;
    check(this.#frame.makeWritable(), "write to a picture");
    const planes = this.#frame.data ?? [];
    copyRows(pixels.subarray(0, luma), planes[0], this.#frame.linesize[0], PICTURE_WIDTH);
    copyRows(pixels.subarray(luma, luma * 1.25), planes[1], this.#frame.linesize[1], PICTURE_WIDTH / 2);
    copyRows(pixels.subarray(luma * 1.25), planes[2], this.#frame.linesize[2], PICTURE_WIDTH / 2);
    return this.encodeFrame(this.#frame, keyframe);
  }

  /** Encodes a native picture as it is, for instance one that a decoder has just returned. */
  encodeFrame(frame: Frame, keyframe: boolean): EncodedPicture {
    frame.pts = this.#pts++;
    frame.pictType = keyframe ? constants.AV_PICTURE_TYPE_I : constants.AV_PICTURE_TYPE_NONE;
    check(this.#context.sendFrameSync(frame), "encode a picture");
    check(this.#context.receivePacketSync(this.#packet), "take an encoded picture");
    const data = Buffer.from(this.#packet.data ?? Buffer.alloc(0));
    const encoded = { data, keyframe: this.#packet.isKeyframe };
    this.#packet.unref();
    return encoded;
  }

  [Symbol.dispose](): void {
    this.#context.freeContext();
    this.#packet.free();
    this.#frame.free();
  }
}

/** Throws when FFmpeg returned a failure. */
export function check(returned: number, action: string): void {
  if (returned < 0) throw new Error(`FFmpeg could not ${action}: error ${returned}.`);
}

function copyRows(from: Uint8Array, to: Buffer | undefined, stride: number | undefined, width: number): void {
  if (!to || !stride) throw new Error("A picture has no memory.");
  for (let row = 0; row * width < from.length; row++) {
    to.set(from.subarray(row * width, (row + 1) * width), row * stride);
  }
}
