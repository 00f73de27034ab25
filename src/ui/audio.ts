import { z } from "zod";
import { type ComponentOptions, checkOptions, commonOptions, describeCommon, nameOf } from "./component-options.ts";
import { type Component, defineComponent } from "./component.ts";
import { DEFAULT_MAX_BYTES, type FileData, type FileInput, parseFile } from "./file-data.ts";

export interface AudioOptions extends ComponentOptions {
  /** The sound, or its URL. @default null, none */
  value?: FileInput | null;
  /** Largest sound inside a data URL, in bytes. @default 10 MiB */
  maxBytes?: number;
  /** Whether a new sound is played at once. @default false */
  autoplay?: boolean;
}

const optionsSchema = z.strictObject({
  ...commonOptions,
  value: z.unknown().optional(),
  maxBytes: z.int().min(1).default(DEFAULT_MAX_BYTES),
  autoplay: z.boolean().default(false),
});

/** A recorded sound, or null for none. @throws {FastRtcError} `invalid_option` for a value that is no sound. */
export function audio(options: AudioOptions = {}): Component<FileData | null, FileInput | null> {
  const { value = null, maxBytes, autoplay, ...common } = checkOptions("audio", optionsSchema, options);
  const limits = { wanted: "null or a sound", fileTypes: ["audio"], maxBytes };
  return defineComponent<FileData | null, FileInput | null>(
    { type: "audio", ...describeCommon(common), maxBytes, autoplay },
    value,
    (input) => (input === null ? null : parseFile(nameOf("audio", common), limits, input)),
  );
}
