import { z } from "zod";
import { FastRtcError } from "./errors.ts";
import type { VideoFunction } from "./handlers/video-function.ts";
import type { Logger } from "./session/logger.ts";
import type { RtpParams, TrackConstraints } from "./session/media-options.ts";
import { type RtcConfigurationSource, rtcConfigurationSchema } from "./session/rtc-configuration.ts";

/** What the built-in page shows. */
export interface UiArgs {
  /** @default "FastRTC" */
  title?: string;
  /** A sentence below the title. */
  subtitle?: string;
}

/** What `new Stream` takes. */
export interface StreamOptions {
  /** Turns each picture of the peer into the one sent back. */
  handler: VideoFunction;
  modality: "video";
  /** @default "send-receive" */
  mode?: "send-receive";
  /** How many peers may be connected at once; null for any number. @default 1 */
  concurrencyLimit?: number | null;
  /** Seconds a connection may last, from the moment it stands; null for any time. @default null */
  timeLimit?: number | null;
  /** What the page asks the camera for. @default 640x480 at 30 frames per second, front camera, none of it required */
  trackConstraints?: TrackConstraints | null;
  /** STUN and TURN servers for the browser, or a function that returns them for each visitor. @default none */
  rtcConfiguration?: RtcConfigurationSource | null;
  /**
   * STUN and TURN servers for this side. An empty `iceServers` means none.
   * @default those of `rtcConfiguration`
   */
  serverRtcConfiguration?: RtcConfigurationSource | null;
  /** What the page sets on its sender. @default { degradationPreference: "maintain-framerate" } */
  rtpParams?: RtpParams | null;
  /** Whether offers may hold tracks that this modality has no use for; they are not received. @default false */
  allowExtraTracks?: boolean;
  uiArgs?: UiArgs;
  /** Whether the life of every session is logged. @default false */
  verbose?: boolean;
  /** Where to log; anything of the console's shape. @default the console */
  logger?: Logger;
}

/** The options with every default filled in. */
export type ResolvedStreamOptions = z.output<typeof optionsSchema>;

const functionSchema = <T>(message: string) => z.custom<T>((value) => typeof value === "function", { error: message });
const jsonObjectSchema = <T extends object>(message: string) =>
  z.custom<T>((value) => typeof value === "object" && value !== null && !Array.isArray(value), { error: message });

const rtcConfigurationSourceSchema = z
  .union([functionSchema<() => unknown>("a function"), rtcConfigurationSchema], {
    error: 'an object like { iceServers: [{ urls: "stun:..." }] }, or a function that returns one',
  })
  .nullish();

const optionsSchema = z.strictObject({
  handler: functionSchema<VideoFunction>("a function that takes a VideoFrame and returns one"),
  modality: z.enum(["video"]),
  mode: z.enum(["send-receive"]).default("send-receive"),
  concurrencyLimit: z
    .int({ error: "a whole number of peers of at least 1, or null for no limit" })
    .min(1, { error: "a whole number of peers of at least 1, or null for no limit" })
    .nullable()
    .default(1),
  timeLimit: z
    .number({ error: "a number of seconds above 0, or null for no limit" })
    .positive({ error: "a number of seconds above 0, or null for no limit" })
    .max(2_000_000, { error: "at most 2,000,000 seconds, or null for no limit" })
    .nullish(),
  trackConstraints: jsonObjectSchema<TrackConstraints>("an object of media constraints").nullish(),
  rtcConfiguration: rtcConfigurationSourceSchema,
  serverRtcConfiguration: rtcConfigurationSourceSchema,
  rtpParams: z
    .strictObject({
      degradationPreference: z.enum(["maintain-framerate", "maintain-resolution", "balanced"]).optional(),
    })
    .nullish(),
  allowExtraTracks: z.boolean().default(false),
  uiArgs: z.strictObject({ title: z.string().optional(), subtitle: z.string().optional() }).default({}),
  verbose: z.boolean().default(false),
  logger: z
    .custom<Logger>(
      (value) =>
        typeof value === "object" &&
        value !== null &&
        ["debug", "info", "warn", "error"].every((level) => typeof Reflect.get(value, level) === "function"),
      { error: "an object with the methods debug, info, warn and error, such as console" },
    )
    .optional(),
});

/**
 * Checks what `new Stream` was given and fills in the defaults.
 * @throws {FastRtcError} `invalid_option` with a line for each option at fault.
 */
export function parseStreamOptions(options: unknown): ResolvedStreamOptions {
  const parsed = optionsSchema.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new FastRtcError(
    "invalid_option",
    `new Stream({...}) cannot use these options:\n${z.prettifyError(parsed.error)}`,
  );
}
