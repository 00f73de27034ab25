import { PLAIN_CORNER } from "../picture/camera-picture.ts";
import { BAND, PICTURE_HEIGHT, PICTURE_WIDTH, readFrameCode } from "../picture/frame-code.ts";

const BAND_SCALE = 4;

/** Watches a video element and reads the number off every picture that it presents. */
export class ReturnedVideo {
  #video;
  #isStopped = false;
  #band = canvasContext(PICTURE_WIDTH / BAND_SCALE, BAND.height / BAND_SCALE);
  #corner = canvasContext(PLAIN_CORNER.width / 2, PLAIN_CORNER.height / 2);

  /** Calls `onPicture` with a sample (see `bench-page.ts`) per picture; `number` is undefined when it cannot be read. */
  constructor(video, onPicture) {
    this.#video = video;
    const watch = (_nowMs, metadata) => {
      if (this.#isStopped) return;
      const shownAtMs = performance.now();
      onPicture({
        ...this.#readCode(),
        presentedAtMs: metadata.presentationTime,
        shownAtMs,
        receivedAtMs: metadata.receiveTime,
        presentedFrames: metadata.presentedFrames,
        width: metadata.width,
        height: metadata.height,
      });
      video.requestVideoFrameCallback(watch);
    };
    video.requestVideoFrameCallback(watch);
  }

  stop() {
    this.#isStopped = true;
  }

  /** Whether the corner that was sent plain now holds text: how far its brightness spreads, 0 to 255. */
  captionContrast() {
    const { left, width, height } = PLAIN_CORNER;
    this.#drawRegion(this.#corner, left, PICTURE_HEIGHT - height, width, height);
    const { data } = this.#corner.getImageData(0, 0, width / 2, height / 2);
    let [darkest, brightest] = [255, 0];
    for (let i = 0; i < data.length; i += 4) {
      darkest = Math.min(darkest, data[i + 1]);
      brightest = Math.max(brightest, data[i + 1]);
    }
    return brightest - darkest;
  }

  #readCode() {
    this.#drawRegion(this.#band, 0, BAND.top, PICTURE_WIDTH, BAND.height);
    const width = PICTURE_WIDTH / BAND_SCALE;
    const { data } = this.#band.getImageData(0, 0, width, BAND.height / BAND_SCALE);
    const lumaAt = (x, y) => {
      const column = Math.floor(x / BAND_SCALE);
      const row = Math.floor((y - BAND.top) / BAND_SCALE);
      return data[4 * (row * width + column) + 1];
    };
    return readFrameCode(lumaAt) ?? { number: undefined, isFlipped: undefined };
  }

  /** Draws a region given in pixels of the sent picture, whatever size the returned one has. */
  #drawRegion(context, left, top, width, height) {
    const scaleX = this.#video.videoWidth / PICTURE_WIDTH;
    const scaleY = this.#video.videoHeight / PICTURE_HEIGHT;
    const { canvas } = context;
    context.drawImage(
      this.#video,
      left * scaleX,
      top * scaleY,
      width * scaleX,
      height * scaleY,
      0,
      0,
      canvas.width,
      canvas.height,
    );
  }
}

function canvasContext(width, height) {
  return Object.assign(document.createElement("canvas"), { width, height }).getContext("2d", {
    willReadFrequently: true,
  });
}
