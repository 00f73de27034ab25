import { z } from "zod";
import { FastRtcError } from "../errors.ts";

/** What every component can be told. */
export interface ComponentOptions {
  /** Stands above the component and names it in errors. */
  label?: string;
  /** A sentence below the label. */
  info?: string;
  /** Whether the page shows it. @default true */
  visible?: boolean;
  /** Whether the visitor can change it. @default true as an input, false as an output */
  interactive?: boolean;
}

/** The common options, to be spread into a component's own schema. */
export const commonOptions = {
  label: z.string().optional(),
  info: z.string().optional(),
  visible: z.boolean().optional(),
  interactive: z.boolean().optional(),
};

/**
 * Checks what a component was given and fills in its defaults.
 * @throws {FastRtcError} `invalid_option` with a line for each option at fault, misspelt ones too.
 */
export function checkOptions<Schema extends z.ZodType>(
  type: string,
  schema: Schema,
  options: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new FastRtcError(
    "invalid_option",
    `${type}({...}) cannot use these options:\n${z.prettifyError(parsed.error)}`,
  );
}

/** The part of a descriptor that all components have. */
export function describeCommon({
  label,
  info,
  visible = true,
  interactive,
}: {
  readonly label?: string | undefined;
  readonly info?: string | undefined;
  readonly visible?: boolean | undefined;
  readonly interactive?: boolean | undefined;
}): {
  readonly label: string | null;
  readonly info: string | null;
  readonly visible: boolean;
  readonly interactive: boolean | null;
} {
  return { label: label ?? null, info: info ?? null, visible, interactive: interactive ?? null };
}

/** The name of a component in a sentence: its label, or what it is. */
export function nameOf(type: string, { label }: { readonly label?: string | undefined }): string {
  return label === undefined ? `The ${type}` : JSON.stringify(label);
}
