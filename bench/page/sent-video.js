import { CameraPicture, PICTURE_BYTES } from "../picture/camera-picture.ts";
import { FRAME_CODE_RANGE, PICTURE_HEIGHT, PICTURE_WIDTH, writeFrameCode } from "../picture/frame-code.ts";

/**
 * A shade longer than 1/30 s: the moment of drawing then wanders through all phases of the display's refresh within
 * some seconds. At exactly 30 fps a run keeps the phase it happened to start with, worth up to 17 ms either way.
 */
const FRAME_INTERVAL_MS = 33.45;
/** Pictures drawn in advance and played to and fro, so that drawing costs the page next to nothing. */
const PREPARED_PICTURES = 60;

/** Prepares the pictures; takes about a second, so it happens once and before anything is measured. */
export function preparePictures() {
  const camera = new CameraPicture();
  return Array.from({ length: PREPARED_PICTURES }, (_, number) => {
    const picture = new Uint8Array(PICTURE_BYTES);
    camera.draw(picture, number);
    return picture;
  });
}

/** A 640x480 video track at 30 fps whose every picture carries its number; remembers when each number was drawn. */
export class SentVideo {
  #drawnAtMs = new Float64Array(FRAME_CODE_RANGE);
  #generator = new MediaStreamTrackGenerator({ kind: "video" });
  #writer = this.#generator.writable.getWriter();
  #pictures;
  #timer;
  #number = 0;
  #nextAtMs = 0;

  constructor(pictures) {
    this.#pictures = pictures;
  }

  get track() {
    return this.#generator;
  }

  get framesDrawn() {
    return this.#number;
  }

  start() {
    this.#nextAtMs = performance.now();
    this.#tick();
  }

  stop() {
    clearTimeout(this.#timer);
    this.#generator.stop();
  }

  /** When the picture with this number was drawn, on the page's clock. */
  drawnAtMs(number) {
    return this.#drawnAtMs[number];
  }

  #tick() {
    const nowMs = performance.now();
    this.#draw(nowMs);
    this.#nextAtMs = Math.max(this.#nextAtMs + FRAME_INTERVAL_MS, nowMs);
    this.#timer = setTimeout(() => this.#tick(), Math.max(0, this.#nextAtMs - performance.now()));
  }

  #draw(nowMs) {
    const number = this.#number++ % FRAME_CODE_RANGE;
    const turn = number % (2 * PREPARED_PICTURES - 2);
    const picture = this.#pictures[turn < PREPARED_PICTURES ? turn : 2 * PREPARED_PICTURES - 2 - turn];
    writeFrameCode(picture, number);
    this.#drawnAtMs[number] = nowMs;
    const frame = new VideoFrame(picture, {
      format: "I420",
      codedWidth: PICTURE_WIDTH,
      codedHeight: PICTURE_HEIGHT,
      timestamp: Math.round(nowMs * 1000),
    });
    this.#writer.write(frame).catch(() => this.stop());
  }
}
