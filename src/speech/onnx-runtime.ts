import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { packageMissing } from "./package-missing.ts";

/** The native runtime of models, `onnxruntime-node`. */
export type OnnxRuntime = typeof import("onnxruntime-node");

/**
 * The runtime of models that this process can load: two versions of the native library do not go together, so the copy that
 * `@huggingface/transformers` brought goes before one beside it.
 * @throws {FastRtcError} `missing_package` when there is none.
 */
export async function onnxRuntime(purpose: string): Promise<OnnxRuntime> {
  const nested = nestedRuntime(import.meta.url);
  try {
    if (nested !== undefined) return createRequire(import.meta.url)(nested) as OnnxRuntime;
    return await import("onnxruntime-node");
  } catch (error) {
    throw packageMissing(purpose, "onnxruntime-node", error);
  }
}

/**
 * The path of the copy that transformers has for itself, as modules at an address find it; undefined when there is no transformers, or when
 * it shares the copy that these modules would import.
 */
export function nestedRuntime(from: string | URL): string | undefined {
  const require = createRequire(from);
  const library = resolved(require, "@huggingface/transformers");
  const theirs = library && resolved(createRequire(pathToFileURL(library)), "onnxruntime-node");
  return theirs === resolved(require, "onnxruntime-node") ? undefined : theirs;
}

function resolved(require: NodeJS.Require, name: string): string | undefined {
  try {
    return require.resolve(name);
  } catch {
    return undefined; // Not installed.
  }
}
