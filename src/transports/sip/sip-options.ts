import { isIP, isIPv4 } from "node:net";
import { z } from "zod";
import { FastRtcError } from "../../errors.ts";
import { type PhoneCodec, PHONE_CODECS } from "../../protocol/sip/phone-description.ts";
import { type SipUri, parseSipUri } from "../../protocol/sip/sip-uri.ts";

/** What `stream.sip()` takes. Without any it answers calls of this machine alone. */
export interface SipOptions {
  /** The port of SIP, for UDP and TCP; 0 for any that is free. @default 5060 */
  port?: number;
  /** What SIP comes and goes by, the preferred one for calls of ours first. @default ["udp", "tcp"] */
  transport?: readonly ("udp" | "tcp")[];
  /** The machine's own address to listen at, for SIP and sound; "::" for IPv6 and IPv4. @default "0.0.0.0", every address of IPv4 */
  address?: string;
  /** The address that callers reach this machine at, where it does not have it itself: behind NAT, in a container. @default its own */
  publicAddress?: string;
  /** The first and the last UDP port for sound, both inclusive; a call takes two. @default any */
  rtpPorts?: readonly [first: number, last: number];
  /** What is spoken, of calls of ours the best one first; of others' the caller's choice counts. @default ["PCMU", "PCMA"] */
  codecs?: readonly ("PCMU" | "PCMA")[];
  /** The account with a telephone company or a PBX, whose calls are then answered. @default none */
  register?: SipRegisterOptions;
  /**
   * Addresses and networks whose calls are answered without a password, such as "203.0.113.0/24"; "anyone" for all, which is for
   * networks of one's own: on the internet strangers find the port within minutes.
   * @default this machine; with `register` the addresses of its server are added, whatever is said here
   */
  allow?: readonly string[] | "anyone";
  /** Passwords by name: who knows one may call from anywhere (digest authentication, SHA-256 or MD5). @default none */
  users?: Readonly<Record<string, string>>;
  /** How long a call rings before it is answered, in milliseconds, at most 8000. @default 0 */
  ringMs?: number;
}

/** An account with a telephone company or a PBX. */
export interface SipRegisterOptions {
  /** Where to register, such as "sip.example.com", "192.0.2.1:5080" or "sip:sip.example.com;transport=tcp". */
  server: string;
  /** The account's name, the part before the @ of its address. */
  user: string;
  /** The account's password. */
  password: string;
  /** How long a registration lasts before it is renewed, in seconds, from 60 to 86400. @default 600 */
  expiresS?: number;
}

/** What `endpoint.call()` takes besides whom. */
export interface SipCallOptions {
  /** How long it may ring, in milliseconds. @default 60000 */
  ringMs?: number;
  /** The account that pays. @default that of `register` */
  user?: string;
  /** Its password. @default that of `register` */
  password?: string;
  /** What the telephone shows, where its company lets it. @default the account's address */
  from?: string;
  /** Takes the call back while it rings. */
  signal?: AbortSignal;
}

const address = z.string().refine((text) => isIP(text) !== 0, { error: "an IPv4 or IPv6 address such as 203.0.113.7" });
const rtpPort = z
  .int()
  .min(1024, { error: "a port is at least 1024" })
  .max(65_535, { error: "a port is at most 65535" });
const range = z
  .string()
  .refine(isRange, { error: 'an address or a network such as "203.0.113.7" or "203.0.113.0/24"' });
const codecNames = Object.keys(PHONE_CODECS) as PhoneCodec[];
const noControls = (text: string): boolean => text !== "" && !/[\u0000-\u001F\u007F]/.test(text);

const optionsSchema = z.strictObject({
  port: z.int().min(0).max(65_535).default(5060),
  transport: z
    .array(z.enum(["udp", "tcp"]))
    .min(1, { error: 'at least one of "udp" and "tcp"' })
    .default(["udp", "tcp"]),
  address: address.default("0.0.0.0"),
  publicAddress: address.optional(),
  rtpPorts: z
    .tuple([rtpPort, rtpPort], { error: "the first and the last port, such as [40000, 40999]" })
    .refine(([first, last]) => last - first >= 3, { error: "at least four ports: a call takes two" })
    .optional(),
  codecs: z.array(z.enum(codecNames)).min(1, { error: 'at least one of "PCMU" and "PCMA"' }).default(codecNames),
  register: z
    .strictObject({
      server: z.string().transform(parseServer),
      user: z.string().regex(/^[\w.!~*'()&=+$,;?/%-]+$/, { error: "a name without spaces and @" }),
      password: z.string().refine(noControls, { error: "a password" }),
      expiresS: z.int().min(60).max(86_400).default(600),
    })
    .optional(),
  allow: z
    .union([z.literal("anyone"), z.array(range)], {
      error: 'addresses and networks such as ["203.0.113.0/24"], or "anyone"',
    })
    .default([]),
  users: z
    .record(z.string().refine(noControls), z.string().min(1, { error: "a password" }))
    .transform((users) => new Map(Object.entries(users)))
    .default(new Map()),
  ringMs: z.number().min(0).max(8000, { error: "at most 8000: callers that are let ring hold a place" }).default(0),
});

/** Checked: see `SipOptions`. */
export type ResolvedSipOptions = z.output<typeof optionsSchema>;

/** @throws {FastRtcError} `invalid_option` with a line for each option at fault. */
export function parseSipOptions(options: unknown): ResolvedSipOptions {
  const { data, error } = optionsSchema.safeParse(options);
  if (data) return data;
  throw new FastRtcError("invalid_option", `stream.sip({...}) cannot use these options:\n${z.prettifyError(error)}`);
}

function parseServer(text: string, context: z.RefinementCtx): SipUri {
  const uri = parseSipUri(/^sips?:/i.test(text) ? text : `sip:${text}`);
  if (uri?.scheme === "sip" && uri.user === undefined) return uri;
  context.addIssue({
    code: "custom",
    message:
      uri?.scheme === "sips"
        ? "SIP over TLS is not spoken: name a server with sip:"
        : 'a server such as "sip.example.com", "192.0.2.1:5080" or "sip:sip.example.com;transport=tcp"',
  });
  return z.NEVER;
}

function isRange(text: string): boolean {
  const [host = "", bits, ...more] = text.split("/");
  if (isIP(host) === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (isIPv4(host) ? 32 : 128));
}
