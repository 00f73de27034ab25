import { PICTURE_HEIGHT, PICTURE_WIDTH } from "./frame-code.ts";

/** Bytes of one 640x480 picture in I420. */
export const PICTURE_BYTES = (PICTURE_WIDTH * PICTURE_HEIGHT * 3) / 2;

/** The corner of the sent picture that a vertical flip brings under the caption: plain grey, so that text shows. */
export const PLAIN_CORNER = { left: 352, top: 0, width: 288, height: 64 } as const;

const TEXTURE_WIDTH = PICTURE_WIDTH * 2;
const NOISE_PLANES = 8;
/** Brightness steps from the darkest to the brightest noise: what a webcam shows in a lit room. */
const NOISE_RANGE = 11;
const PLAIN_GREY = 110;

/**
 * Draws pictures that cost an encoder what a webcam does: a textured room through which the camera slowly pans to
 * and fro, a head that moves in front of it, and a little sensor noise. The same number always gives the same picture.
 */
export class CameraPicture {
  readonly #texture = roomTexture();
  readonly #noise = sensorNoise();

  /** Draws picture `number` into an I420 buffer of `PICTURE_BYTES`. */
  draw(target: Uint8Array, number: number): void {
    const pan = Math.round((1 - Math.cos(number / 60)) * 0.5 * (TEXTURE_WIDTH - PICTURE_WIDTH));
    for (let y = 0; y < PICTURE_HEIGHT; y++) {
      const from = y * TEXTURE_WIDTH + pan;
      target.set(this.#texture.subarray(from, from + PICTURE_WIDTH), y * PICTURE_WIDTH);
    }
    this.#drawHead(target, number);
    this.#addNoise(target, number);
    for (let y = PLAIN_CORNER.top; y < PLAIN_CORNER.top + PLAIN_CORNER.height; y++) {
      const from = y * PICTURE_WIDTH + PLAIN_CORNER.left;
      target.fill(PLAIN_GREY, from, from + PLAIN_CORNER.width);
    }
    const luma = PICTURE_WIDTH * PICTURE_HEIGHT;
    target.fill(120, luma, luma * 1.25);
    target.fill(138, luma * 1.25);
  }

  #drawHead(target: Uint8Array, number: number): void {
    const centreX = 320 + 60 * Math.sin(number / 23);
    const centreY = 250 + 14 * Math.sin(number / 11);
    for (let y = Math.floor(centreY - 130); y < Math.min(PICTURE_HEIGHT, centreY + 130); y++) {
      const reach = 95 * Math.sqrt(Math.max(0, 1 - ((y - centreY) / 130) ** 2));
      const from = Math.round(centreX - reach);
      const to = Math.round(centreX + reach);
      for (let x = from; x < to; x++) {
        target[y * PICTURE_WIDTH + x] = 150 + 30 * Math.sin((x - centreX) / 28) * Math.cos((y - centreY) / 34);
      }
    }
  }

  #addNoise(target: Uint8Array, number: number): void {
    const noise = this.#noise[number % NOISE_PLANES];
    if (!noise) return;
    for (let i = 0; i < noise.length; i++) target[i] = (target[i] ?? 0) + (noise[i] ?? 0);
  }
}

function roomTexture(): Uint8Array {
  const random = randomFrom(7);
  const texture = new Float32Array(TEXTURE_WIDTH * PICTURE_HEIGHT).fill(120);
  for (const [cell, strength] of [
    [160, 60],
    [40, 40],
    [10, 30],
    [5, 24],
  ] as const) {
    const columns = TEXTURE_WIDTH / cell + 2;
    const lattice = Float32Array.from({ length: columns * (PICTURE_HEIGHT / cell + 2) }, () => random() - 0.5);
    const corner = (column: number, row: number): number => lattice[row * columns + column] ?? 0;
    for (let y = 0; y < PICTURE_HEIGHT; y++) {
      const row = Math.floor(y / cell);
      const v = y / cell - row;
      for (let x = 0; x < TEXTURE_WIDTH; x++) {
        const column = Math.floor(x / cell);
        const u = x / cell - column;
        const above = corner(column, row) * (1 - u) + corner(column + 1, row) * u;
        const below = corner(column, row + 1) * (1 - u) + corner(column + 1, row + 1) * u;
        const at = y * TEXTURE_WIDTH + x;
        texture[at] = (texture[at] ?? 0) + strength * (above * (1 - v) + below * v);
      }
    }
  }
  return Uint8Array.from(texture, (value) => Math.max(20, Math.min(230, value)));
}

function sensorNoise(): Int8Array[] {
  const random = randomFrom(11);
  return Array.from({ length: NOISE_PLANES }, () =>
    Int8Array.from({ length: PICTURE_WIDTH * PICTURE_HEIGHT }, () => Math.round((random() - 0.5) * NOISE_RANGE)),
  );
}

/** A small deterministic generator (mulberry32), so that every run sends the same pictures. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
