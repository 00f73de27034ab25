import { readFileSync } from "node:fs";
import { FastRtcError, toError } from "../../errors.ts";
import { parseSafetensors } from "./safetensors.ts";
import { SileroNetwork } from "./silero-network.ts";
import { SileroVadModel } from "./silero-vad-model.ts";

/** The same way up from the sources and from the built package. */
const WEIGHTS = new URL("../../../assets/silero-vad/silero-vad-v5-16khz.safetensors", import.meta.url);

let model: SileroVadModel | undefined;

/**
 * The voice detector that replies wait for: one for the whole process, read and warmed up by the first call, which takes
 * about 80 ms. It lies in this package; nothing is downloaded, and no runtime of models is needed.
 * @throws {FastRtcError} `invalid_model` when its file is missing, as after bundling without the package's `assets`.
 */
export function getSileroModel(): SileroVadModel {
  if (model) return model;
  const loaded = new SileroVadModel(new SileroNetwork(parseSafetensors(readWeights())));
  loaded.warmup();
  return (model = loaded);
}

function readWeights(): Uint8Array {
  try {
    return readFileSync(WEIGHTS);
  } catch (error) {
    throw new FastRtcError(
      "invalid_model",
      `Silero VAD's weights cannot be read: ${toError(error).message}. A bundler must leave the package fastrtc external, or ` +
        `copy its folder assets.`,
      { cause: error },
    );
  }
}
