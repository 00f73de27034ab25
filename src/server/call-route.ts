import { callRequestOf } from "./upgrade.ts";
import type { PostedCall, SocketService } from "./socket-service.ts";

/** Largest form that is read, in bytes; Twilio's have about 1 kB. */
const MAX_FORM_BYTES = 65_536;

/** The response to the webhook of an incoming telephone call. */
export async function callResponse(sockets: SocketService, request: Request, carrier?: string): Promise<Response> {
  const posted = await readPosted(request);
  if (!posted) return new Response("The form is larger than 64 KiB, or could not be read.\n", { status: 413 });
  const { status, contentType, body } = await sockets.answerCall(callRequestOf(request), posted, carrier);
  return new Response(body, { status, headers: { "content-type": contentType, "cache-control": "no-store" } });
}

/** What was posted; undefined when it is too large, or the client went away. */
async function readPosted(request: Request): Promise<PostedCall | undefined> {
  if (!request.body) return { body: "", form: [] };
  const decoder = new TextDecoder();
  let text = "";
  let byteLength = 0;
  try {
    for await (const chunk of request.body as ReadableStream<Uint8Array>) {
      byteLength += chunk.byteLength;
      if (byteLength > MAX_FORM_BYTES) return undefined;
      text += decoder.decode(chunk, { stream: true });
    }
  } catch {
    return undefined;
  }
  // A body parser of the application may have read it before us: then it comes as the JSON of what it made of it.
  return { body: text, form: parsedForm(text) ?? new URLSearchParams(text) };
}

function parsedForm(text: string): [name: string, value: string][] | undefined {
  if (!text.startsWith("{")) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).flatMap(([name, field]: [string, unknown]) =>
    (Array.isArray(field) ? (field as unknown[]) : [field]).map((one): [string, string] => [name, String(one)]),
  );
}
