import type { IncomingHttpHeaders } from "node:http";

/** The headers of a request: those of a web Request, or of a request of node:http and what builds on it. */
export type RequestHeaders = Headers | IncomingHttpHeaders;

/** The headers as the web knows them; several of one name are kept. */
export function toHeaders(headers: RequestHeaders): Headers {
  if (headers instanceof Headers) return headers;
  const copy = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    // HTTP/2 has names that are none of HTTP: ":method", ":path".
    if (name.startsWith(":")) continue;
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) copy.append(name, one);
  }
  return copy;
}
