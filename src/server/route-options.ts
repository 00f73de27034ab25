import type { Identity } from "../session/identity.ts";
import type { RequestHeaders } from "./request-headers.ts";

/** Where the routes of a Stream appear in an application. */
export interface MountOptions {
  /** The prefix of the routes, such as "/rtc". @default "", the root */
  path?: string;
  /** Whether the built-in page is served at the prefix as well. @default false */
  page?: boolean;
  /**
   * Whether clients of `fastrtc/client` set additional inputs and are shown the additional outputs over their own connection, each its
   * own alone. It counts for all of the Stream's sessions from then on. @default `page`
   */
  client?: boolean;
}

/** Whom a request on a route of your own comes from. */
export interface VisitorOptions {
  /**
   * Whose session it is, as your route found out. A Stream with `authenticate` asks only on routes of its own, and answers nobody without
   * an identity. @default nobody was asked
   */
  identity?: Identity;
}

/** Which company a telephone route of your own is for. */
export interface CallRouteOptions {
  /** One of the option `carriers`. @default Twilio */
  carrier?: "telnyx" | "plivo" | "vonage";
}

/** What `stream.offer` is told besides the body. */
export interface OfferOptions extends VisitorOptions {
  /** The headers of the request, which handlers then find by `getCurrentContext().headers`. @default none */
  headers?: RequestHeaders;
}
