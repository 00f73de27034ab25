import { z } from "zod";
import { FastRtcError } from "./errors.ts";
import type { HandlerFor } from "./handlers/handler-for.ts";
import { type AccessOptions, accessOptionsShape } from "./server/access/access-options.ts";
import { type CarrierOptions, carrierOptionsSchema } from "./session/carrier-options.ts";
import type { Logger, StructuredLogger } from "./session/logger.ts";
import type { Modality, Mode } from "./session/modality.ts";
import type { RtpParams, TrackConstraints } from "./session/media-options.ts";
import { nearestName } from "./session/option-names.ts";
import { type NetworkOptions, networkOptionsSchema } from "./session/network-options.ts";
import {
  type RtcConfiguration,
  type RtcConfigurationSource,
  rtcConfigurationSchema,
} from "./session/rtc-configuration.ts";
import type { AdditionalInput, InputValues } from "./ui/additional-input.ts";
import type { AdditionalOutput, OutputArguments, OutputValues } from "./ui/additional-output.ts";
import { type UiArgs, uiArgsSchema } from "./ui/ui-args.ts";

/** What `new Stream` takes, whatever its modality and mode. */
export interface CommonStreamOptions<
  Inputs extends readonly AdditionalInput[],
  Outputs extends readonly AdditionalOutput[],
> extends AccessOptions {
  /**
   * What the handler is given besides media: components such as `slider()`, or any Standard Schema (zod, valibot, ArkType).
   * The page shows them, `stream.setInput` checks and sets them. @default none
   */
  additionalInputs?: Inputs;
  /** What the page shows of the handler's `AdditionalOutputs`: components, or any Standard Schema. @default none */
  additionalOutputs?: Outputs;
  /**
   * Makes what the page shows of what it shows now and what the handler gave; it runs here, for pages of ours alone, within the
   * session. What it throws is reported, and what it returns is checked. @default what the handler gave is shown as it is
   */
  additionalOutputsHandler?: AdditionalOutputsHandler<Outputs>;
  /** How many peers may be connected at once; null for any number. @default 1 */
  concurrencyLimit?: number | null;
  /** Seconds a connection may last, from the moment it stands; null for any time. @default null */
  timeLimit?: number | null;
  /**
   * What the page asks of the camera or microphone; with modality "audio-video" { video, audio }. @default a front camera of 640x480
   * at 30 frames per second, none of it required, and a microphone without echo and noise
   */
  trackConstraints?: TrackConstraints | null;
  /** STUN and TURN servers for the browser, or a function that returns them for each visitor. @default none */
  rtcConfiguration?: RtcConfigurationSource | null;
  /**
   * STUN and TURN servers for this side. An empty `iceServers` means none.
   * @default those of `rtcConfiguration`
   */
  serverRtcConfiguration?: RtcConfigurationSource | null;
  /**
   * Where WebRTC peers reach this machine: public addresses, UDP ports, the address to use.
   * @default what the environment's FASTRTC_PUBLIC_ADDRESSES, FASTRTC_UDP_PORT_RANGE, FASTRTC_UDP_PORT and
   *   FASTRTC_BIND_ADDRESS say; else any port of any address
   */
  network?: NetworkOptions;
  /** How video is sent, by the page and by the server. @default { degradationPreference: "maintain-framerate" } */
  rtpParams?: RtpParams | null;
  /** Whether offers may hold tracks that this modality has no use for; they are not received. @default false */
  allowExtraTracks?: boolean;
  /**
   * The auth token of the Twilio account whose calls are answered: requests that are not signed with it are turned down.
   * null lets anyone call. @default the environment's TWILIO_AUTH_TOKEN, or null without one
   */
  twilioAuthToken?: string | null;
  /** The telephone companies besides Twilio whose calls are answered, such as `{ telnyx: {} }`. @default none */
  carriers?: CarrierOptions;
  uiArgs?: UiArgs;
  /**
   * Whether `GET {path}/metrics` answers, in Prometheus's text format, to everybody who can reach it: it names no peer, but tells
   * how many there are and how busy the machine is. For a route with a check of your own there is `stream.metrics()`. @default false
   */
  metrics?: boolean;
  /** Whether the life of every session is logged. @default false */
  verbose?: boolean;
  /** Where to log; anything of the console's shape, or of pino's, which gets objects with the session's id. @default the console */
  logger?: Logger | StructuredLogger;
}

/** What `new Stream` takes for one modality and mode, which say what the handler may be. */
export interface StreamOptionsFor<
  M extends Modality,
  ModeOfStream extends Mode,
  Inputs extends readonly AdditionalInput[],
  Outputs extends readonly AdditionalOutput[],
> extends CommonStreamOptions<Inputs, Outputs> {
  /** Which media the stream carries. */
  modality: M;
  /** Which way they go, as the peer sees it. @default "send-receive" */
  mode?: ModeOfStream;
  /**
   * What is done with the media: for video a function of a frame, or a generator in mode "receive"; for audio a
   * StreamHandler, or a generator in mode "receive"; for audio-video an AudioVideoStreamHandler. A type
   * `ExpectedHandler<...>` in an error says it for the modality and mode at hand.
   */
  handler: HandlerFor<M, ModeOfStream, InputValues<Inputs>>;
}

/** What `new Stream` takes: a union over the modalities and modes, each with the handlers that fit. */
export type StreamOptions<
  Inputs extends readonly AdditionalInput[] = readonly AdditionalInput[],
  Outputs extends readonly AdditionalOutput[] = readonly AdditionalOutput[],
> = {
  [M in Modality]: {
    [ModeOfStream in Mode]: ModeOfStream extends "send-receive"
      ? StreamOptionsFor<M, ModeOfStream, Inputs, Outputs>
      : StreamOptionsFor<M, ModeOfStream, Inputs, Outputs> & { mode: ModeOfStream };
  }[Mode];
}[Modality];

/**
 * Called with the values that the components show, then with what the handler gave as AdditionalOutputs; returns what the
 * only component shows now, or a list with the value of each. Annotate the latter arguments with what the handler gives:
 * `(_shown, count: number) => count`.
 */
export type AdditionalOutputsHandler<Outputs extends readonly AdditionalOutput[]> = Outputs extends readonly [
  infer Only extends AdditionalOutput,
]
  ? (
      ...args: [...shown: OutputValues<readonly [Only]>, ...given: never[]]
    ) => Given<OutputArguments<readonly [Only]>[0]>
  : Outputs extends infer Known extends readonly AdditionalOutput[]
    ? (...args: [...shown: OutputValues<Known>, ...given: never[]]) => Given<Readonly<OutputArguments<Known>>>
    : never;

type Given<Value> = Value | Promise<Value>;

/** The options with every default filled in. */
export type ResolvedStreamOptions = z.output<typeof optionsSchema>;

const functionSchema = <T>(message: string) => z.custom<T>((value) => typeof value === "function", { error: message });
const jsonObjectSchema = <T extends object>(message: string) =>
  z.custom<T>((value) => typeof value === "object" && value !== null && !Array.isArray(value), { error: message });

const declaredValuesSchema = <T>() =>
  z.array(
    z.custom<T>(
      (value) => ((typeof value === "object" && value !== null) || typeof value === "function") && "~standard" in value,
      { error: "a component such as slider(), or a Standard Schema such as z.boolean()" },
    ),
  );

const rtcConfigurationSourceSchema = z
  .custom<object>((value) => typeof value === "function" || (typeof value === "object" && value !== null), {
    error: 'an object like { iceServers: [{ urls: "stun:..." }] }, or a function that returns one',
  })
  .transform((value, context): RtcConfiguration | (() => unknown) => {
    if (typeof value === "function") return value as () => unknown;
    const { data, error } = rtcConfigurationSchema.safeParse(value);
    if (data) return data;
    for (const { message, path } of error.issues) context.addIssue({ code: "custom", message, path: [...path] });
    return z.NEVER;
  })
  .nullish();

const shapeSchema = z.strictObject({
  // What it has to be depends on modality and mode: see createHandlerFactory.
  handler: z.unknown().refine((value) => value !== undefined && value !== null, { error: "a handler" }),
  modality: z.enum(["video", "audio", "audio-video"]),
  mode: z.enum(["send-receive", "send", "receive"]).default("send-receive"),
  additionalInputs: declaredValuesSchema<AdditionalInput>().default([]),
  additionalOutputs: declaredValuesSchema<AdditionalOutput>().default([]),
  additionalOutputsHandler: functionSchema<(...args: unknown[]) => unknown>("a function").optional(),
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
  network: networkOptionsSchema.optional(),
  rtpParams: z
    .strictObject({
      degradationPreference: z.enum(["maintain-framerate", "maintain-resolution", "balanced"]).optional(),
    })
    .nullish(),
  allowExtraTracks: z.boolean().default(false),
  twilioAuthToken: z.string({ error: "the auth token of a Twilio account, or null" }).min(1).nullish(),
  carriers: carrierOptionsSchema.optional(),
  ...accessOptionsShape,
  uiArgs: uiArgsSchema.default({}),
  metrics: z.boolean().default(false),
  verbose: z.boolean().default(false),
  logger: z
    .custom<Logger | StructuredLogger>(
      (value) =>
        typeof value === "object" &&
        value !== null &&
        ["debug", "info", "warn", "error"].every((level) => typeof Reflect.get(value, level) === "function"),
      { error: "an object with the methods debug, info, warn and error, such as console" },
    )
    .optional(),
});

const optionsSchema = shapeSchema.refine(
  ({ additionalOutputs, additionalOutputsHandler }) => !additionalOutputsHandler || additionalOutputs.length > 0,
  {
    path: ["additionalOutputsHandler"],
    error: "it makes what additionalOutputs show, and would never run without them: name those as well",
  },
);

/** A line for each option that nobody knows and that is a misspelling of one. */
function misspelt({ issues }: z.ZodError): string {
  const known = Object.keys(shapeSchema.shape);
  const unknown = issues.flatMap((issue) =>
    issue.code === "unrecognized_keys" && issue.path.length === 0 ? issue.keys : [],
  );
  return unknown
    .map((name) => ({ name, meant: nearestName(name, known) }))
    .filter(({ meant }) => meant !== undefined)
    .map(({ name, meant }) => `\nThere is no option "${name}". Did you mean ${meant}?`)
    .join("");
}

/**
 * Checks what `new Stream` was given and fills in the defaults.
 * @throws {FastRtcError} `invalid_option` with a line for each option at fault.
 */
export function parseStreamOptions(options: unknown): ResolvedStreamOptions {
  const parsed = optionsSchema.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new FastRtcError(
    "invalid_option",
    `new Stream({...}) cannot use these options:\n${z.prettifyError(parsed.error)}${misspelt(parsed.error)}`,
  );
}
