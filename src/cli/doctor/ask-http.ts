import { type ClientRequest, type IncomingHttpHeaders, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP } from "node:net";
import type { TLSSocket } from "node:tls";
import { type Clock, systemClock } from "../../async/clock.ts";
import { toError } from "../../errors.ts";

export interface HttpQuestion {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** How long an answer may take, in milliseconds. @default 8000 */
  readonly timeoutMs?: number;
  /** @internal Replaced in tests. */
  readonly clock?: Clock;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** As far as it goes within a megabyte. */
  readonly text: string;
  /** What is wrong with the certificate, as node:tls calls it; undefined when nothing is, or without one. */
  readonly certificateError: string | undefined;
  /** Until when the certificate is valid. */
  readonly validTo: string | undefined;
  /** Whether the protocol was changed, as a WebSocket asks for. */
  readonly isUpgraded: boolean;
}

const MAX_BODY_CHARACTERS = 1024 * 1024;

/**
 * Asks a server, also one whose certificate nobody trusts: that is told, and so is everything else about it.
 * Rejects with the error of node:net or node:dns when nobody answers.
 */
export function askHttp(
  url: URL,
  { method = "GET", headers = {}, body, timeoutMs = 8000, clock = systemClock }: HttpQuestion = {},
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const options = {
      method,
      headers: { ...headers, ...(body !== undefined && { "content-length": Buffer.byteLength(body) }) },
    };
    const request: ClientRequest =
      url.protocol === "https:"
        ? httpsRequest(url, { ...options, rejectUnauthorized: false, agent: false })
        : httpRequest(url, { ...options, agent: false });
    let tls: Pick<HttpAnswer, "certificateError" | "validTo"> = { certificateError: undefined, validTo: undefined };
    let isResolved = isIP(url.hostname.replaceAll(/[[\]]/g, "")) !== 0;
    const cancel = clock.after(timeoutMs, () => {
      const late = new Error(`no answer within ${timeoutMs / 1000} s`);
      request.destroy(isResolved ? late : Object.assign(late, { code: "EAI_AGAIN" }));
    });
    const fail = (thrown: unknown): void => {
      cancel();
      reject(toError(thrown));
    };
    request.on("error", fail);
    request.on("socket", (socket) => {
      socket.once("lookup", () => (isResolved = true));
      socket.once("secureConnect", () => {
        const { authorizationError } = socket as TLSSocket & { authorizationError: unknown };
        tls = {
          certificateError: authorizationError ? errorCode(authorizationError) : undefined,
          validTo: (socket as TLSSocket).getPeerCertificate().valid_to,
        };
      });
    });
    request.on("upgrade", (response, socket) => {
      cancel();
      socket.destroy();
      resolve({ status: 101, headers: response.headers, text: "", isUpgraded: true, ...tls });
    });
    request.on("response", (response) => {
      let text = "";
      const finish = (): void => {
        cancel();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, isUpgraded: false, ...tls });
      };
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text = (text + chunk).slice(0, MAX_BODY_CHARACTERS);
        if (text.length < MAX_BODY_CHARACTERS) return;
        finish();
        request.destroy();
      });
      response.on("end", finish);
      response.on("error", fail);
    });
    request.end(body);
  });
}

function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
