import { z } from "zod";
import { FastRtcError } from "../errors.ts";
import { nearestName } from "./option-names.ts";

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

/** Adds an issue for each name that is a misspelling of one of `known`; others are the browser's business. */
function refuseMisspelt(value: object, known: readonly string[], context: z.RefinementCtx): void {
  for (const name of Object.keys(value)) {
    const meant = known.includes(name) ? undefined : nearestName(name, known);
    if (meant === undefined) continue;
    context.addIssue({ code: "custom", message: `nobody reads "${name}". Did you mean ${meant}?`, path: [name] });
  }
}

const iceServerSchema = z
  .looseObject({
    urls: urlsSchema.optional(),
    url: urlsSchema.optional(),
    username: z.string().optional(),
    credential: z.string().optional(),
  })
  .transform((given, context): IceServer => {
    const { urls, url, username, credential } = given;
    refuseMisspelt(given, ["urls", "url", "username", "credential"], context);
    const either = urls ?? url;
    if (either === undefined) {
      context.addIssue({ code: "custom", message: 'an ICE server needs "urls"', path: ["urls"] });
      return z.NEVER;
    }
    const isTurn = [either].flat().some((one) => /^turns?:/.test(one));
    if (isTurn && (username === undefined || credential === undefined)) {
      context.addIssue({
        code: "custom",
        message: 'a TURN server ("turn:" or "turns:") needs a "username" and a "credential"',
      });
      return z.NEVER;
    }
    return {
      urls: either,
      ...(username !== undefined && { username }),
      ...(credential !== undefined && { credential }),
    };
  });

/** Reads a configuration: from options, and again from what the user's function returned. */
export const rtcConfigurationSchema = z
  .looseObject({
    iceServers: z.array(iceServerSchema).default([]),
    iceTransportPolicy: z.enum(["all", "relay"]).optional(),
  })
  .transform((given, context): RtcConfiguration => {
    refuseMisspelt(given, ["iceServers", "iceTransportPolicy"], context);
    const { iceServers, iceTransportPolicy } = given;
    return { iceServers, ...(iceTransportPolicy !== undefined && { iceTransportPolicy }) };
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
