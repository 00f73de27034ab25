import { checkReturn, type Ffmpeg, type NativeFrame } from "./ffmpeg.ts";

interface Conversion {
  /** Format and size that it was made for. */
  readonly source: string;
  readonly scaler: InstanceType<Ffmpeg["lib"]["SoftwareScaleContext"]>;
  readonly result: NativeFrame;
}

/**
 * Brings decoded pictures of other layouts (full range, 4:2:2, 4:4:4, 10 bits) into I420 in limited range,
 * the one layout that `VideoFrame` has. Ordinary pictures pass untouched.
 */
export class I420Converter {
  readonly #ffmpeg: Ffmpeg;
  #conversion: Conversion | undefined;

  constructor(ffmpeg: Ffmpeg) {
    this.#ffmpeg = ffmpeg;
  }

  /**
   * The picture itself or a converted one, which is valid until the next call; it keeps its colour matrix.
   *
   * @param isFullRange whether the picture is known to be in full range, though its layout does not say so
   * @throws {FastRtcError} `codec_failed` for a layout that FFmpeg cannot convert.
   */
  convert(picture: NativeFrame, { isFullRange = false } = {}): NativeFrame {
    const { AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUVJ420P } = this.#ffmpeg.constants;
    if (picture.format === AV_PIX_FMT_YUV420P) {
      if (!isFullRange) return picture;
      picture.format = AV_PIX_FMT_YUVJ420P; // The same planes, in full range.
    }
    const { scaler, result } = this.#conversionFor(picture);
    checkReturn(this.#ffmpeg, scaler.scaleFrameSync(result, picture), "convert a picture to I420");
    result.pts = picture.pts;
    return result;
  }

  /** Frees the native memory. Harmless when repeated. */
  close(): void {
    this.#conversion?.scaler.freeContext();
    this.#conversion?.result.free();
    this.#conversion = undefined;
  }

  #conversionFor({ format, width, height }: NativeFrame): Conversion {
    const source = `${format} ${width}x${height}`;
    if (this.#conversion?.source === source) return this.#conversion;
    this.close();
    const { lib, constants } = this.#ffmpeg;
    const scaler = new lib.SoftwareScaleContext();
    scaler.getContext(
      width,
      height,
      format as typeof constants.AV_PIX_FMT_YUV420P,
      width,
      height,
      constants.AV_PIX_FMT_YUV420P,
      constants.SWS_BILINEAR,
    );
    const result = new lib.Frame();
    result.alloc();
    result.format = constants.AV_PIX_FMT_YUV420P;
    result.width = width;
    result.height = height;
    this.#conversion = { source, scaler, result };
    checkReturn(this.#ffmpeg, result.getBuffer(), `allocate a picture of ${width}x${height}`);
    return this.#conversion;
  }
}
