import { type RefusalBody, refusal } from "../protocol/refusal.ts";

/** Largest JSON body read, in bytes. An offer with many candidates and codecs stays below 20 kB. */
export const MAX_BODY_BYTES = 262_144;

/** A body that was read, or why it was not. */
export type RequestBody =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly refusal: RefusalBody };

/** Reads a JSON body and no more than `MAX_BODY_BYTES` of it. */
export async function readJsonBody(request: Request): Promise<RequestBody> {
  const tooLarge = refusal("body_too_large", `The body is larger than ${MAX_BODY_BYTES} bytes.`);
  if (Number(request.headers.get("content-length") ?? 0) > MAX_BODY_BYTES) return { ok: false, refusal: tooLarge };
  let text: string | undefined;
  try {
    text = await readText(request);
  } catch {
    return { ok: false, refusal: refusal("invalid_json", "The body could not be read to its end as UTF-8 text.") };
  }
  if (text === undefined) return { ok: false, refusal: tooLarge };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false, refusal: refusal("invalid_json", "The body is not valid JSON.") };
  }
}

async function readText(request: Request): Promise<string | undefined> {
  if (!request.body) return "";
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let byteLength = 0;
  let text = "";
  for await (const chunk of request.body as ReadableStream<Uint8Array>) {
    byteLength += chunk.byteLength;
    if (byteLength > MAX_BODY_BYTES) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
