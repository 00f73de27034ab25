import { z } from "zod";
import { type ComponentOptions, checkOptions, commonOptions, describeCommon, nameOf } from "./component-options.ts";
import { type Component, defineComponent } from "./component.ts";
import { DEFAULT_MAX_BYTES, type FileData, type FileInput, parseFile } from "./file-data.ts";

export interface ImageOptions extends ComponentOptions {
  /** The picture, or its URL. @default null, none */
  value?: FileInput | null;
  /** Largest picture inside a data URL, in bytes. @default 10 MiB */
  maxBytes?: number;
}

const optionsSchema = z.strictObject({
  ...commonOptions,
  value: z.unknown().optional(),
  maxBytes: z.int().min(1).default(DEFAULT_MAX_BYTES),
});

/** A picture, or null for none. @throws {FastRtcError} `invalid_option` for a value that is no picture. */
export function image(options: ImageOptions = {}): Component<FileData | null, FileInput | null> {
  const { value = null, maxBytes, ...common } = checkOptions("image", optionsSchema, options);
  const limits = { wanted: "null or a picture", fileTypes: ["image"], maxBytes };
  return defineComponent<FileData | null, FileInput | null>(
    { type: "image", ...describeCommon(common), maxBytes },
    value,
    (input) => (input === null ? null : parseFile(nameOf("image", common), limits, input)),
  );
}
