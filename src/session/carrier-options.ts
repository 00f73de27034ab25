import { z } from "zod";

/** The telephone companies besides Twilio whose calls are answered, below "telephone/" and their name. */
export interface CarrierOptions {
  /** Telnyx, by TeXML: POST `telephone/telnyx/incoming`. */
  telnyx?:
    | {
        /** The public key that Telnyx's portal shows, as base64; null lets anyone call. @default the environment's TELNYX_PUBLIC_KEY */
        publicKey?: string | null | undefined;
        /** What all processes behind one address know and nobody else. @default random, for one process */
        ticketSecret?: string | undefined;
      }
    | undefined;
  /** Plivo: POST `telephone/plivo/incoming`. */
  plivo?:
    | {
        /** The account's auth token; null lets anyone call. @default the environment's PLIVO_AUTH_TOKEN */
        authToken?: string | null | undefined;
      }
    | undefined;
  /** Vonage, by NCCO: GET or POST `telephone/vonage/incoming`. */
  vonage?:
    | {
        /** The account's signature secret; null lets anyone call. @default the environment's VONAGE_SIGNATURE_SECRET */
        signatureSecret?: string | null | undefined;
      }
    | undefined;
}

const secret = z.string().min(1).nullish();

/** For the options of a Stream. */
export const carrierOptionsSchema = z.strictObject({
  telnyx: z.strictObject({ publicKey: secret, ticketSecret: z.string().min(16).optional() }).optional(),
  plivo: z.strictObject({ authToken: secret }).optional(),
  vonage: z.strictObject({ signatureSecret: secret }).optional(),
});
