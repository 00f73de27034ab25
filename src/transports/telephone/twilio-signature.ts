import { createHmac } from "node:crypto";
import { isSignedByTwilio } from "../../protocol/twilio/request-signature.ts";

export interface SignatureCheck {
  /** The addresses that the request may have been signed for. */
  readonly urls: readonly string[];
  readonly form?: Iterable<readonly [name: string, value: string]>;
  /** The `X-Twilio-Signature` header. */
  readonly signature: string | null;
  /** The account's. */
  readonly authToken: string;
}

/** Whether a request was signed with the account's token, for any of its addresses. */
export async function isFromTwilio({ urls, form = [], signature, authToken }: SignatureCheck): Promise<boolean> {
  const fields = [...form];
  const sign = (text: string): string => createHmac("sha1", authToken).update(text, "utf8").digest("base64");
  for (const url of urls) {
    if (await isSignedByTwilio({ url, form: fields, signature, sign })) return true;
  }
  return false;
}
