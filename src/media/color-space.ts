import type { ColorSpace } from "./i420.ts";

/** What makes luma and chroma of colours from 0 to 255, in 16 binary places and limited range. */
export interface EncodingWeights {
  readonly lumaRed: number;
  readonly lumaGreen: number;
  readonly lumaBlue: number;
  /** Of blue in U and of red in V. With the two others each chroma adds up to zero, so that grey stays grey. */
  readonly chroma: number;
  readonly uRed: number;
  readonly uGreen: number;
  readonly vGreen: number;
  readonly vBlue: number;
}

/** What chroma, without its 128, adds to the colours that luma alone would give, in 16 binary places. */
export interface DecodingWeights {
  readonly redV: number;
  readonly greenU: number;
  readonly greenV: number;
  readonly blueU: number;
}

// The shares of red and blue in luma: ITU-R BT.601-7 section 2.5.1, BT.709-6 section 3.2.
const SHARES = { bt601: [0.299, 0.114], bt709: [0.2126, 0.0722] } as const;

export const ENCODING: Readonly<Record<ColorSpace, EncodingWeights>> = {
  bt601: encodingWeights(...SHARES.bt601),
  bt709: encodingWeights(...SHARES.bt709),
};

export const DECODING: Readonly<Record<ColorSpace, DecodingWeights>> = {
  bt601: decodingWeights(...SHARES.bt601),
  bt709: decodingWeights(...SHARES.bt709),
};

function encodingWeights(red: number, blue: number): EncodingWeights {
  const luma = (65_536 * 219) / 255;
  const chroma = Math.round((65_536 * 112) / 255);
  const uRed = Math.round((-chroma * red) / (1 - blue));
  const vBlue = Math.round((-chroma * blue) / (1 - red));
  return {
    lumaRed: Math.round(luma * red),
    lumaGreen: Math.round(luma * (1 - red - blue)),
    lumaBlue: Math.round(luma * blue),
    chroma,
    uRed,
    uGreen: -chroma - uRed,
    vGreen: -chroma - vBlue,
    vBlue,
  };
}

function decodingWeights(red: number, blue: number): DecodingWeights {
  const scale = (2 * 65_536 * 255) / 224;
  const green = 1 - red - blue;
  return {
    redV: Math.round(scale * (1 - red)),
    greenU: Math.round((-scale * (1 - blue) * blue) / green),
    greenV: Math.round((-scale * (1 - red) * red) / green),
    blueU: Math.round(scale * (1 - blue)),
  };
}
