import { FastRtcError } from "../../errors.ts";
import { identityOf } from "../model-source.ts";
import { MoonshineModel, type SttOptions } from "./moonshine-model.ts";

/** The names of the models that write down speech. */
export type SttModelName = "moonshine/base" | "moonshine/tiny";

const REPOSITORIES: ReadonlyMap<string, string> = new Map([
  ["moonshine/base", "onnx-community/moonshine-base-ONNX"],
  ["moonshine/tiny", "onnx-community/moonshine-tiny-ONNX"],
]);

const models = new Map<string, MoonshineModel>();

/**
 * A model that writes down English speech: "moonshine/base" (62 million parameters) or "moonshine/tiny" (27 million). It needs the
 * package `@huggingface/transformers`, is loaded by its first use or by `warmup()`, and the same call gives the same model.
 * @throws {FastRtcError} `invalid_option` for another name.
 */
export function getSttModel(name: SttModelName = "moonshine/base", options: SttOptions = {}): MoonshineModel {
  const repository = REPOSITORIES.get(name);
  if (repository === undefined) {
    const names = [...REPOSITORIES.keys()].join(" and ");
    throw new FastRtcError("invalid_option", `There is no model ${name}; there are ${names}.`);
  }
  const { maxWaiting } = options;
  if (maxWaiting !== undefined && !(Number.isInteger(maxWaiting) && maxWaiting >= 1)) {
    throw new FastRtcError("invalid_option", `maxWaiting is an integer of at least 1, but not ${String(maxWaiting)}.`);
  }
  const key = JSON.stringify([name, ...identityOf(options), maxWaiting]);
  const known = models.get(key);
  if (known) return known;
  const model = new MoonshineModel(repository, options);
  models.set(key, model);
  return model;
}
