import * as constants from "node-av/constants";
import { Codec, CodecContext, Frame, Packet } from "node-av/lib";
import type { BenchCodec } from "../webrtc/video-format.ts";
import { check } from "./picture-encoder.ts";

/** The bare decoder: one thread, blocking calls. */
export class PictureDecoder implements Disposable {
  readonly #context = new CodecContext();
  readonly #packet = new Packet();
  readonly #frame = new Frame();

  constructor(codec: BenchCodec) {
    const id = codec === "h264" ? constants.AV_CODEC_ID_H264 : constants.AV_CODEC_ID_VP8;
    const decoder = Codec.findDecoder(id);
    if (!decoder) throw new Error(`This build of FFmpeg does not decode ${codec}.`);
    this.#context.allocContext3(decoder);
    this.#context.threadCount = 1;
    this.#context.setFlags(constants.AV_CODEC_FLAG_LOW_DELAY);
    check(this.#context.open2Sync(decoder, null), `open the ${codec} decoder`);
    this.#packet.alloc();
    this.#frame.alloc();
  }

  /** The decoded picture, valid until the next call; undefined when the bytes gave none. */
  decode(data: Buffer): Frame | undefined {
    this.#packet.data = data;
    if (this.#context.sendPacketSync(this.#packet) < 0) return undefined;
    return this.#context.receiveFrameSync(this.#frame) < 0 ? undefined : this.#frame;
  }

  [Symbol.dispose](): void {
    this.#context.freeContext();
    this.#packet.free();
    this.#frame.free();
  }
}
