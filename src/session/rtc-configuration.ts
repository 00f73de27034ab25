import { z } from "zod";
import { FastRtcError } from "../errors.ts";

/** A STUN or TURN server, as browsers take it. */
export interface IceServer {
  readonly urls: string | readonly string[];
  readonly username?: string | undefined;
  readonly credential?: string | undefined;
}

/** The part of the browser's `RTCConfiguration` that travels as JSON. */
export interface RtcConfiguration {
  readonly iceServers: readonly IceServer[];
  readonly iceTransportPolicy?: "all" | "relay" | undefined;
}

/** An ICE server as FastRTC's users write it: `url` and `urls` mean the same. */
export interface IceServerInput {
  urls?: string | readonly string[];
  url?: string | readonly string[];
  username?: string;
  credential?: string;
}

/** A configuration as FastRTC's users write it. */
export interface RtcConfigurationInput {
  iceServers?: readonly IceServerInput[];
  iceTransportPolicy?: "all" | "relay";
}

/** A configuration, or a function that makes one for each peer: credentials of TURN services are short-lived. */
export type RtcConfigurationSource =
  | RtcConfigurationInput
  | (() => RtcConfigurationInput | null | undefined | Promise<RtcConfigurationInput | null | undefined>);

/** A source as options hold it once they were read: what a function returns is checked when it has. */
export type GivenRtcConfiguration = RtcConfigurationSource | RtcConfiguration | (() => unknown) | null | undefined;

const urlSchema = z
  .string()
  .regex(/^(stuns?|turns?):\S+$/, { error: 'an ICE server\'s URL begins with "stun:", "turn:" or "turns:"' });
const urlsSchema = z.union([urlSchema, z.array(urlSchema).min(1)]);

const iceServerSchema = z
  .object({
    urls: urlsSchema.optional(),
    url: urlsSchema.optional(),
    username: z.string().optional(),
    credential: z.string().optional(),
  })
  .transform(({ urls, url, username, credential }, context): IceServer => {
    const either = urls ?? url;
    if (either === undefined) {
      context.addIssue({ code: "custom", message: 'an ICE server needs "urls"', path: ["urls"] });
      return z.NEVER;
    }
    return {
      urls: either,
      ...(username !== undefined && { username }),
      ...(credential !== undefined && { credential }),
    };
  });

/** Reads a configuration: from options, and again from what the user's function returned. */
export const rtcConfigurationSchema = z.object({
  iceServers: z.array(iceServerSchema).default([]),
  iceTransportPolicy: z.enum(["all", "relay"]).optional(),
});

/**
 * The configuration of a source, asked anew each time when it is a function.
 * @throws {FastRtcError} `invalid_option` when what the function returned is not a configuration; what it throws passes through.
 */
export async function resolveRtcConfiguration(source: GivenRtcConfiguration): Promise<RtcConfiguration | null> {
  const value = typeof source === "function" ? await source() : source;
  if (value === null || value === undefined) return null;
  const parsed = rtcConfigurationSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new FastRtcError(
    "invalid_option",
    `The function of rtcConfiguration returned what is not one:\n${z.prettifyError(parsed.error)}`,
  );
}
