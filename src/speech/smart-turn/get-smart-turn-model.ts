import { resolve } from "node:path";
import { z } from "zod";
import { identityOf } from "../model-source.ts";
import { parseOptions } from "../parse-options.ts";
import { SmartTurnModel, type SmartTurnOptions } from "./smart-turn-model.ts";

const OPTIONS = z.strictObject({
  modelPath: z.string().min(1).optional(),
  cacheFolder: z.string().min(1).optional(),
  offline: z.boolean().optional(),
  maxWaiting: z.int().positive().optional(),
});

const models = new Map<string, SmartTurnModel>();

/**
 * A model that tells a thinking pause from the end of a turn: Smart Turn, versions 3 and 2. It needs the package `onnxruntime-node`, is
 * loaded by its first use or by `warmup()`, and the same call gives the same model.
 * @throws {FastRtcError} `invalid_option` when options do not fit.
 */
export function getSmartTurnModel(options: SmartTurnOptions = {}): SmartTurnModel {
  const { modelPath, maxWaiting } = parseOptions(OPTIONS, options, "SmartTurnOptions");
  const located = modelPath === undefined ? options : { ...options, modelPath: resolve(modelPath) };
  const key = JSON.stringify([...identityOf(located), maxWaiting]);
  const known = models.get(key);
  if (known) return known;
  const model = new SmartTurnModel(located);
  models.set(key, model);
  return model;
}
