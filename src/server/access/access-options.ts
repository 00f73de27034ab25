import { z } from "zod";
import type { Authenticate } from "./connection-request.ts";
import type { RateLimit } from "./rate-limiter.ts";

/** How often requests may come. */
export interface RateLimits {
  /** From one address; of IPv6 from one /64. This machine's own is not counted. @default { burst: 1000, perSecond: 100 } */
  address?: RateLimit | null;
  /** By one identity of `authenticate`. @default { burst: 300, perSecond: 30 } */
  identity?: RateLimit | null;
}

/** Who may use a Stream. */
export interface AccessOptions {
  /**
   * Asked who is there, by every request for an offer, a candidate, a WebSocket, a telephone call, the page or the metrics. Handlers find
   * the answer as `getCurrentContext().identity`, and a session is its own identity's alone. @default everybody may
   */
  authenticate?: Authenticate;
  /**
   * The origins of pages, such as "https://app.example.com", that may use this Stream besides pages of its own server; "*" for any. They
   * get CORS headers. What is no browser sends no origin and is not held up. @default none
   */
  allowedOrigins?: readonly string[];
  /** How often requests may come; null for any number. Who asks more often gets 429 and is told how long to wait. */
  rateLimits?: RateLimits | null;
  /**
   * How many proxies of your own stand before this server. The entries that they append to `X-Forwarded-For` are believed, and nothing
   * before them. @default 0
   */
  trustProxy?: number;
  /**
   * Whether sessions begin with an id alone that `POST {path}/webrtc/id` gave out: nobody can guess it, or invent one.
   * `fastrtc/client` asks for it by itself; FastRTC's own front ends make theirs, and are turned down with a sentence. @default false
   */
  requireSignedIds?: boolean;
  /**
   * Signs session ids, at least 32 characters: processes behind one load balancer share it.
   * @default the environment's FASTRTC_SIGNING_KEY; else random, new for each process
   */
  signingKey?: string;
}

const LIMIT_MESSAGE = "{ burst, perSecond } with burst of at least 1 and perSecond above 0, or null for no limit";
const rateLimitSchema = z
  .strictObject(
    {
      burst: z.number({ error: LIMIT_MESSAGE }).min(1, { error: LIMIT_MESSAGE }),
      perSecond: z.number({ error: LIMIT_MESSAGE }).positive({ error: LIMIT_MESSAGE }),
    },
    { error: LIMIT_MESSAGE },
  )
  .nullable();

const ORIGIN_MESSAGE = 'an origin such as "https://app.example.com", without a path, or "*"';
const PROXIES_MESSAGE = "how many proxies of your own stand before this server: a whole number from 0 to 10";
const KEY_MESSAGE = "a secret of at least 32 characters";

/** The checks of `AccessOptions`, for the schema of a Stream's options. */
export const accessOptionsShape = {
  authenticate: z
    .custom<Authenticate>((value) => typeof value === "function", { error: "a function of a request" })
    .optional(),
  allowedOrigins: z
    .array(
      z
        .string({ error: ORIGIN_MESSAGE })
        .refine((value) => value === "*" || isOrigin(value), { error: ORIGIN_MESSAGE }),
    )
    .default([]),
  rateLimits: z
    .strictObject({
      address: rateLimitSchema.default({ burst: 1000, perSecond: 100 }),
      identity: rateLimitSchema.default({ burst: 300, perSecond: 30 }),
    })
    .nullable()
    .default({ address: { burst: 1000, perSecond: 100 }, identity: { burst: 300, perSecond: 30 } }),
  trustProxy: z
    .int({ error: PROXIES_MESSAGE })
    .min(0, { error: PROXIES_MESSAGE })
    .max(10, { error: PROXIES_MESSAGE })
    .default(0),
  requireSignedIds: z.boolean().default(false),
  signingKey: z.string({ error: KEY_MESSAGE }).min(32, { error: KEY_MESSAGE }).optional(),
};

/** `AccessOptions` with every default filled in. */
export type CheckedAccessOptions = z.output<z.ZodObject<typeof accessOptionsShape>>;

function isOrigin(value: string): boolean {
  return value === "null" || (URL.canParse(value) && new URL(value).origin === value);
}
