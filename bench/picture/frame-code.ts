/** Pictures of the benchmark are this wide, in pixels. */
export const PICTURE_WIDTH = 640;
/** Pictures of the benchmark are this high, in pixels. */
export const PICTURE_HEIGHT = 480;
/** Frame numbers are written modulo this. */
export const FRAME_CODE_RANGE = 1 << 16;

/** The band that holds the code and, above and below it, the marks that tell which way up the picture is. */
export const BAND = { top: 160, height: 160 } as const;

const BLOCK = 32;
const CODE_TOP = 224;
const MARK_WIDTH = 64;
const BLACK = 16;
const WHITE = 235;

/** What a returned picture says about itself. */
export interface FrameCode {
  readonly number: number;
  readonly isFlipped: boolean;
}

/**
 * Writes a frame's number into a luma plane as 20 black and white squares of 32 pixels (16 bits and a check of 4),
 * large enough to survive any compression. The row lies at mid-height, where a vertical flip leaves it in place and
 * a caption in a corner does not reach; a white mark above it and a black one below say which way up the picture is.
 */
export function writeFrameCode(luma: Uint8Array, number: number): void {
  const value = number % FRAME_CODE_RANGE;
  const bits = (value << 4) | checkOf(value);
  for (let block = 0; block < 20; block++) {
    fill(luma, block * BLOCK, CODE_TOP, BLOCK, BLOCK, (bits >>> (19 - block)) & 1 ? WHITE : BLACK);
  }
  fill(luma, 0, BAND.top, MARK_WIDTH, CODE_TOP - BAND.top, WHITE);
  fill(luma, 0, CODE_TOP + BLOCK, MARK_WIDTH, CODE_TOP - BAND.top, BLACK);
}

/**
 * Reads the code back. `lumaAt` gives the brightness (0 to 255) at a pixel of the 640x480 picture, whatever size
 * the returned one has. Undefined when the check does not match, as in a picture from before the first code.
 */
export function readFrameCode(lumaAt: (x: number, y: number) => number): FrameCode | undefined {
  let bits = 0;
  for (let block = 0; block < 20; block++) {
    const x = block * BLOCK + BLOCK / 2;
    const y = CODE_TOP + BLOCK / 2;
    const brightness = lumaAt(x - 4, y - 4) + lumaAt(x + 4, y - 4) + lumaAt(x - 4, y + 4) + lumaAt(x + 4, y + 4);
    bits = (bits << 1) | (brightness > 4 * 126 ? 1 : 0);
  }
  const number = bits >>> 4;
  if ((bits & 0xf) !== checkOf(number)) return undefined;
  const markX = MARK_WIDTH / 2;
  const isFlipped = lumaAt(markX, BAND.top + 32) < lumaAt(markX, BAND.top + BAND.height - 32);
  return { number, isFlipped };
}

/** Never 0 for 0 nor 15 for 65535, so that an all black or all white band is no code. */
function checkOf(value: number): number {
  return ((value >>> 12) ^ (value >>> 8) ^ (value >>> 4) ^ value ^ 0xa) & 0xf;
}

function fill(luma: Uint8Array, left: number, top: number, width: number, height: number, value: number): void {
  for (let y = top; y < top + height; y++) {
    luma.fill(value, y * PICTURE_WIDTH + left, y * PICTURE_WIDTH + left + width);
  }
}
