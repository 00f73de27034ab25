import { createPrivateKey, randomUUID, sign } from "node:crypto";
import { z } from "zod";
import { FastRtcError } from "../errors.ts";
import type { MakeCallOptions, VonageCallOptions } from "./make-call-options.ts";

/** What a carrier's API is asked, and how its answer is read. */
export interface CallRequest {
  /** The company's name, for messages. */
  readonly company: string;
  readonly defaultBaseUrl: string;
  readonly path: string;
  readonly authorization: string;
  readonly contentType: "application/json" | "application/x-www-form-urlencoded";
  readonly body: string;
  /** What must not appear in any message. */
  readonly secrets: readonly string[];
  /** The name of the call in the answer. */
  readonly reply: z.ZodType<string>;
}

/** How long the token of one request is good, in seconds. */
const TOKEN_S = 60;

/**
 * The request that makes a call, by the carrier's documentation.
 * @param webhook Where the carrier asks what to do with the call once it is answered.
 * @throws {FastRtcError} `invalid_argument` for credentials that are missing.
 */
export function callRequest(options: MakeCallOptions, webhook: string, nowMs: number): CallRequest {
  const { to, from } = options;
  switch (options.carrier) {
    case "twilio": {
      const accountSid = needed("accountSid", options.accountSid, "TWILIO_ACCOUNT_SID");
      const authToken = needed("authToken", options.authToken, "TWILIO_AUTH_TOKEN");
      return {
        company: "Twilio",
        defaultBaseUrl: "https://api.twilio.com",
        path: `/2010-04-01/Accounts/${encodeURIComponent(accountSid)}/Calls.json`,
        authorization: basic(accountSid, authToken),
        contentType: "application/x-www-form-urlencoded",
        body: new URLSearchParams({ To: to, From: from, Url: webhook, Method: "POST" }).toString(),
        secrets: [authToken],
        reply: z.object({ sid: z.string() }).transform(({ sid }) => sid),
      };
    }
    case "telnyx": {
      const applicationId = needed("applicationId", options.applicationId, "TELNYX_APPLICATION_ID");
      const apiKey = needed("apiKey", options.apiKey, "TELNYX_API_KEY");
      return {
        company: "Telnyx",
        defaultBaseUrl: "https://api.telnyx.com",
        path: `/v2/texml/calls/${encodeURIComponent(applicationId)}`,
        authorization: `Bearer ${apiKey}`,
        contentType: "application/json",
        body: JSON.stringify({ To: to, From: from, Url: webhook, Method: "POST" }),
        secrets: [apiKey],
        reply: z.object({ call_sid: z.string() }).transform((reply) => reply.call_sid),
      };
    }
    case "plivo": {
      const authId = needed("authId", options.authId, "PLIVO_AUTH_ID");
      const authToken = needed("authToken", options.authToken, "PLIVO_AUTH_TOKEN");
      return {
        company: "Plivo",
        defaultBaseUrl: "https://api.plivo.com",
        path: `/v1/Account/${encodeURIComponent(authId)}/Call/`,
        authorization: basic(authId, authToken),
        contentType: "application/json",
        body: JSON.stringify({ to: digits(to), from: digits(from), answer_url: webhook, answer_method: "POST" }),
        secrets: [authToken],
        reply: z
          .object({ request_uuid: z.union([z.string(), z.tuple([z.string()]).rest(z.string())]) })
          .transform((reply) => (typeof reply.request_uuid === "string" ? reply.request_uuid : reply.request_uuid[0])),
      };
    }
    case "vonage": {
      const token = vonageToken(options, nowMs);
      return {
        company: "Vonage",
        defaultBaseUrl: "https://api.nexmo.com",
        path: "/v1/calls",
        authorization: `Bearer ${token}`,
        contentType: "application/json",
        body: JSON.stringify({
          to: [{ type: "phone", number: digits(to) }],
          from: { type: "phone", number: digits(from) },
          answer_url: [webhook],
          answer_method: "POST",
        }),
        secrets: [token],
        reply: z.object({ uuid: z.string() }).transform(({ uuid }) => uuid),
      };
    }
  }
}

/** A JSON Web Token (RFC 7519) of the application, signed with RS256. */
function vonageToken(options: VonageCallOptions, nowMs: number): string {
  const applicationId = needed("applicationId", options.applicationId, "VONAGE_APPLICATION_ID");
  const pem = needed("privateKey", options.privateKey, "VONAGE_PRIVATE_KEY").replaceAll("\\n", "\n");
  const iat = Math.floor(nowMs / 1000);
  const claims = { application_id: applicationId, iat, exp: iat + TOKEN_S, jti: randomUUID() };
  const text = `${base64url({ alg: "RS256", typ: "JWT" })}.${base64url(claims)}`;
  let signature: Buffer;
  try {
    signature = sign("sha256", Buffer.from(text), createPrivateKey(pem));
  } catch {
    // The cause is left out: it could quote the key.
    throw new FastRtcError(
      "invalid_argument",
      "makeCall: privateKey is no private key in PEM, as Vonage's dashboard gives it.",
    );
  }
  return `${text}.${signature.toString("base64url")}`;
}

function needed(option: string, given: string | undefined, variable: string): string {
  // oxlint-disable-next-line node/no-process-env -- secrets belong into the environment, and this is the edge
  const found = given ?? process.env[variable]?.trim();
  if (found) return found;
  throw new FastRtcError("invalid_argument", `makeCall: ${option} is missing. Pass it, or set ${variable}.`);
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}

/** These companies write numbers without the plus. */
function digits(number: string): string {
  return number.replace(/^\+/, "");
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
