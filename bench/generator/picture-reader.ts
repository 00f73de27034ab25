import { PictureDecoder } from "../codec/picture-decoder.ts";
import { PICTURE_HEIGHT, PICTURE_WIDTH, readFrameCode } from "../picture/frame-code.ts";
import { isKeyframe, joinPayloads } from "../webrtc/payload-format.ts";
import type { RtpPacket } from "../webrtc/rtp-packet.ts";
import type { BenchCodec } from "../webrtc/video-format.ts";

/**
 * Reads the number off every picture of a returned stream. It decodes them, so only two streams of a run have one.
 * After a lost packet it waits for a keyframe, which it asks for.
 */
export class PictureReader implements Disposable {
  readonly #codec: BenchCodec;
  readonly #decoder: PictureDecoder;
  readonly #askForKeyframe: () => void;
  #packets: RtpPacket[] = [];
  #expected: number | undefined;
  #isWaiting = true;

  constructor(codec: BenchCodec, askForKeyframe: () => void) {
    this.#codec = codec;
    this.#decoder = new PictureDecoder(codec);
    this.#askForKeyframe = askForKeyframe;
  }

  /** Takes the next packet; the number of the picture that it completes, if it does and can be read. */
  take(packet: RtpPacket): number | undefined {
    const isNext = this.#expected === undefined || packet.sequenceNumber === this.#expected;
    this.#expected = (packet.sequenceNumber + 1) & 0xffff;
    if (!isNext) {
      this.#packets = [];
      this.#isWaiting = true;
    }
    this.#packets.push(packet);
    if (!packet.marker) return undefined;
    const picture = joinPayloads(this.#codec, this.#packets);
    this.#packets = [];
    if (!picture) return undefined;
    if (this.#isWaiting && !isKeyframe(this.#codec, picture)) {
      this.#askForKeyframe();
      return undefined;
    }
    this.#isWaiting = false;
    return this.#numberOf(picture);
  }

  [Symbol.dispose](): void {
    this.#decoder[Symbol.dispose]();
  }

  #numberOf(picture: Buffer): number | undefined {
    const frame = this.#decoder.decode(picture);
    const luma = frame?.data?.[0];
    const stride = frame?.linesize[0];
    if (!frame || !luma || !stride) return undefined;
    const scaleX = frame.width / PICTURE_WIDTH;
    const scaleY = frame.height / PICTURE_HEIGHT;
    return readFrameCode((x, y) => luma[Math.floor(y * scaleY) * stride + Math.floor(x * scaleX)] ?? 0)?.number;
  }
}
