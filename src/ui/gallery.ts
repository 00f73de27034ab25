import { z } from "zod";
import { type ComponentOptions, checkOptions, commonOptions, describeCommon, nameOf } from "./component-options.ts";
import { type Component, defineComponent } from "./component.ts";
import type { GalleryItem } from "./descriptor.ts";
import { DEFAULT_MAX_BYTES, type FileInput, parseFile } from "./file-data.ts";
import { refusedValue } from "./refused-value.ts";

/** How many pictures a gallery holds at most. */
const MAX_PICTURES = 1_000;

/** A picture, a picture with its caption, or an item as the component keeps it. */
export type GalleryInput =
  | FileInput
  | readonly [image: FileInput, caption: string | null]
  | { readonly image: FileInput; readonly caption?: string | null };

export interface GalleryOptions extends ComponentOptions {
  /** At most 1,000 pictures. @default [] */
  value?: readonly GalleryInput[];
  /** How many pictures stand side by side, at least 1. @default 2 */
  columns?: number;
  /** Largest picture inside a data URL, in bytes. @default 10 MiB */
  maxBytes?: number;
}

const optionsSchema = z.strictObject({
  ...commonOptions,
  value: z.unknown().optional(),
  columns: z.int().min(1).default(2),
  maxBytes: z.int().min(1).default(DEFAULT_MAX_BYTES),
});

/** Pictures with captions. @throws {FastRtcError} `invalid_option` for a value that is no list of pictures. */
export function gallery(options: GalleryOptions = {}): Component<readonly GalleryItem[], readonly GalleryInput[]> {
  const { value = [], columns, maxBytes, ...common } = checkOptions("gallery", optionsSchema, options);
  const name = nameOf("gallery", common);
  return defineComponent<readonly GalleryItem[], readonly GalleryInput[]>(
    { type: "gallery", ...describeCommon(common), columns },
    value,
    (input) => {
      if (Array.isArray(input) && input.length <= MAX_PICTURES)
        return input.map((item) => parseItem(name, maxBytes, item));
      throw refusedValue(name, `a list of at most ${MAX_PICTURES} pictures`, input);
    },
  );
}

function parseItem(name: string, maxBytes: number, value: unknown): GalleryItem {
  const { image, caption } = splitItem(value);
  if (caption !== null && typeof caption !== "string")
    throw refusedValue(name, "pictures with texts as captions", caption);
  return { image: parseFile(name, { wanted: "a list of pictures", fileTypes: ["image"], maxBytes }, image), caption };
}

function splitItem(value: unknown): { readonly image: unknown; readonly caption: unknown } {
  if (Array.isArray(value)) return { image: value[0] as unknown, caption: (value[1] ?? null) as unknown };
  if (typeof value === "object" && value !== null && "image" in value) {
    return { image: value.image, caption: "caption" in value ? (value.caption ?? null) : null };
  }
  return { image: value, caption: null };
}
