import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** What models that may have to be downloaded have in common. */
export interface ModelSource {
  /** A folder that holds the model as its repository on huggingface.co does; nothing is downloaded then. @default none */
  modelPath?: string;
  /** Where downloaded models are kept. @default "~/.cache/fastrtc/models" */
  cacheFolder?: string;
  /** Never downloads: what is neither in `modelPath` nor in `cacheFolder` is an error. @default false */
  offline?: boolean;
  /** Told how the loading goes on, file by file, and when the model is ready. */
  onProgress?: (progress: ModelProgress) => void;
}

/** The numbers that a model's weights are: exact, or smaller and faster. */
export type ModelPrecision = "fp32" | "fp16" | "q8" | "q4";

/** A moment of a model's loading: so much of a file has come, from the network or from a folder; or all is there. */
export type ModelProgress =
  | {
      readonly type: "load-progress";
      /** The file's path in the model's repository. */
      readonly file: string;
      readonly loadedBytes: number;
      readonly totalBytes: number;
    }
  | { readonly type: "model-ready" };

/** What `@huggingface/transformers` takes to load a model from such a source. */
export interface PretrainedOptions {
  readonly cache_dir: string;
  readonly local_files_only: boolean;
  readonly progress_callback: (event: unknown) => void;
}

/** Where downloaded models are kept. */
export function cacheFolderOf({ cacheFolder }: ModelSource): string {
  return cacheFolder === undefined ? join(homedir(), ".cache", "fastrtc", "models") : resolve(cacheFolder);
}

/** What tells one source of a model from another, for those who load each once. */
export function identityOf(source: ModelSource & { readonly precision?: ModelPrecision }): readonly unknown[] {
  const { modelPath, cacheFolder, offline = false, precision = "fp32" } = source;
  return [modelPath ?? null, cacheFolder ?? null, offline, precision];
}

/** The folder or the repository to load from, and how. */
export function pretrained(
  repository: string,
  source: ModelSource,
): readonly [folderOrRepository: string, options: PretrainedOptions] {
  const { modelPath, offline = false, onProgress } = source;
  return [
    modelPath === undefined ? repository : resolve(modelPath),
    {
      cache_dir: cacheFolderOf(source),
      local_files_only: offline || modelPath !== undefined,
      progress_callback: (event) => {
        const progress = fileProgress(event);
        if (progress) onProgress?.(progress);
      },
    },
  ];
}

/** What the library tells of a file, in our words; undefined for its other events. */
function fileProgress(event: unknown): ModelProgress | undefined {
  if (typeof event !== "object" || event === null) return undefined;
  const { status, file, loaded, total } = event as Readonly<Record<string, unknown>>;
  if (status !== "progress" || typeof file !== "string") return undefined;
  return {
    type: "load-progress",
    file,
    loadedBytes: typeof loaded === "number" ? loaded : 0,
    totalBytes: typeof total === "number" ? total : 0,
  };
}
