import type { IncomingMessage, ServerResponse } from "node:http";
import { toError } from "../errors.ts";
import type { Logger } from "../session/logger.ts";
import { discardBody } from "./discard-body.ts";
import { isPlainPath, requestPath, sendWebResponse, toWebRequest } from "./node-request.ts";
import type { Routes } from "./routes.ts";

/**
 * Answers a node:http request with the routes; resolves to false, with nothing sent, when none matches.
 * @param outer what of the path belongs to the routers around them
 */
export async function serveNodeRequest(
  routes: Routes,
  logger: Logger,
  request: IncomingMessage,
  response: ServerResponse,
  outer = "",
): Promise<boolean> {
  if (!isPlainPath(request)) return false;
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  try {
    const answer = await routes.handle(toWebRequest(request, gone.signal), outer);
    if (!answer) return false;
    await discardBody(request);
    await sendWebResponse(answer, response, request.method === "HEAD");
  } catch (thrown) {
    // Without the query: it may hold what is secret.
    logger.error(`${request.method ?? ""} ${requestPath(request)} could not be answered:`, toError(thrown));
    if (response.headersSent) response.destroy();
    else response.writeHead(500, { "content-type": "application/json" }).end('{"error":"internal_error"}');
  }
  return true;
}
