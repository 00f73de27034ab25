/** What every carrier is told. */
interface CallOptions {
  /** Whom to call, in E.164, such as "+15551234567". */
  to: string;
  /** The number of the account to call from, in E.164. */
  from: string;
  /** The public address of the Stream: "https://example.com/rtc" when it is mounted at "/rtc". */
  url: string;
  /** Another API, for a region or a stand-in. @default the carrier's */
  baseUrl?: string;
  /** How long the carrier may take to answer, in milliseconds. @default 10000 */
  timeoutMs?: number;
  signal?: AbortSignal;
}

/** A call by Twilio, of one of the account's numbers. */
export interface TwilioCallOptions extends CallOptions {
  carrier: "twilio";
  /** @default the environment's TWILIO_ACCOUNT_SID */
  accountSid?: string;
  /** @default the environment's TWILIO_AUTH_TOKEN */
  authToken?: string;
}

/** A call by Telnyx, through a TeXML application. */
export interface TelnyxCallOptions extends CallOptions {
  carrier: "telnyx";
  /** The TeXML application that makes the call. @default the environment's TELNYX_APPLICATION_ID */
  applicationId?: string;
  /** @default the environment's TELNYX_API_KEY */
  apiKey?: string;
}

/** A call by Plivo. */
export interface PlivoCallOptions extends CallOptions {
  carrier: "plivo";
  /** @default the environment's PLIVO_AUTH_ID */
  authId?: string;
  /** @default the environment's PLIVO_AUTH_TOKEN */
  authToken?: string;
}

/** A call by Vonage, through a Voice application. */
export interface VonageCallOptions extends CallOptions {
  carrier: "vonage";
  /** @default the environment's VONAGE_APPLICATION_ID */
  applicationId?: string;
  /** The application's private key, as PEM. @default the environment's VONAGE_PRIVATE_KEY */
  privateKey?: string;
}

/** Whom `makeCall` calls, and by which company. */
export type MakeCallOptions = TwilioCallOptions | TelnyxCallOptions | PlivoCallOptions | VonageCallOptions;

/** A call that a carrier has begun. */
export interface MadeCall {
  /** What the carrier calls it. */
  readonly callId: string;
}
