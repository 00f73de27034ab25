import { z } from "zod";
import { type ComponentOptions, checkOptions, commonOptions, describeCommon, nameOf } from "./component-options.ts";
import { type Component, defineComponent } from "./component.ts";
import { DEFAULT_MAX_BYTES, type FileData, type FileInput, parseFile } from "./file-data.ts";
import { refusedValue } from "./refused-value.ts";

/** How many files a component of several holds at most. */
const MAX_FILES = 100;

export interface FileOptions extends ComponentOptions {
  /** Whether the value is one file or null, or a list of at most 100. @default "single" */
  fileCount?: "single" | "multiple";
  /** Types of which one must fit: ".pdf" by the name's end, "image" or "image/png" by the MIME type. @default any */
  fileTypes?: readonly string[];
  /** The file or files, or their URLs. @default null, or an empty list */
  value?: FileInput | null | readonly FileInput[];
  /** Largest file inside a data URL, in bytes. @default 10 MiB */
  maxBytes?: number;
}

const optionsSchema = z.strictObject({
  ...commonOptions,
  fileCount: z.enum(["single", "multiple"]).default("single"),
  fileTypes: z.array(z.string().min(2)).min(1).optional(),
  value: z.unknown().optional(),
  maxBytes: z.int().min(1).default(DEFAULT_MAX_BYTES),
});

/** A document, or several. @throws {FastRtcError} `invalid_option` for a value that is none, or of another type. */
export function file(
  options: FileOptions & { fileCount: "multiple"; value?: readonly FileInput[] },
): Component<readonly FileData[], readonly FileInput[]>;
export function file(
  options?: FileOptions & { fileCount?: "single"; value?: FileInput | null },
): Component<FileData | null, FileInput | null>;
export function file(
  options: FileOptions = {},
): Component<FileData | null | readonly FileData[], FileInput | null | readonly FileInput[]> {
  const { fileCount, fileTypes = null, value, maxBytes, ...common } = checkOptions("file", optionsSchema, options);
  const name = nameOf("file", common);
  const isMultiple = fileCount === "multiple";
  const limits = { wanted: isMultiple ? "a list of files" : "null or a file", fileTypes, maxBytes };
  return defineComponent<FileData | null | readonly FileData[], FileInput | null | readonly FileInput[]>(
    { type: "file", ...describeCommon(common), fileCount, fileTypes, maxBytes },
    value ?? (isMultiple ? [] : null),
    (input) => {
      if (!isMultiple) return input === null ? null : parseFile(name, limits, input);
      if (Array.isArray(input) && input.length <= MAX_FILES) return input.map((item) => parseFile(name, limits, item));
      throw refusedValue(name, `a list of at most ${MAX_FILES} files`, input);
    },
  );
}
