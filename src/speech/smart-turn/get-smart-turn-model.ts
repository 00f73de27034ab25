import { resolve } from "node:path";
import { z } from "zod";
import { parseOptions } from "../parse-options.ts";
import { SmartTurnModel, type SmartTurnOptions } from "./smart-turn-model.ts";

const OPTIONS = z.object({ modelPath: z.string().min(1), maxWaiting: z.int().positive().optional() });

const models = new Map<string, SmartTurnModel>();

/**
 * A model that tells a thinking pause from the end of a turn: Smart Turn, versions 3 and 2, from an ONNX file of yours. It needs the
 * package `onnxruntime-node`, is loaded by its first use or by `warmup()`, and the same file gives the same model.
 * @throws {FastRtcError} `invalid_option` when options do not fit.
 */
export function getSmartTurnModel(options: SmartTurnOptions): SmartTurnModel {
  const { maxWaiting } = parseOptions(OPTIONS, options, "SmartTurnOptions");
  const modelPath = resolve(options.modelPath);
  const key = JSON.stringify([modelPath, maxWaiting]);
  const known = models.get(key);
  if (known) return known;
  const model = new SmartTurnModel(maxWaiting === undefined ? { modelPath } : { modelPath, maxWaiting });
  models.set(key, model);
  return model;
}
