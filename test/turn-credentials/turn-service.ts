import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface RecordedRequest {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly body: string;
}

/** What the stand-in answers; with "silence" it never does. */
export type TurnServiceReply =
  | { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body: string }
  | "silence";

/** A local stand-in for the HTTP API of a TURN service: it writes down what it is asked and answers as told. */
export class TurnService implements AsyncDisposable {
  readonly requests: RecordedRequest[] = [];
  readonly #server: Server;

  private constructor(reply: TurnServiceReply) {
    this.#server = createServer((request, response) => {
      void text(request).then((body) => {
        const { authorization, "content-type": contentType }: IncomingHttpHeaders = request.headers;
        this.requests.push({ method: request.method, url: request.url, authorization, contentType, body });
        if (reply === "silence") return;
        response.writeHead(reply.status ?? 200, { "content-type": "application/json", ...reply.headers });
        response.end(reply.body);
      });
    });
  }

  static async start(reply: TurnServiceReply): Promise<TurnService> {
    const service = new TurnService(reply);
    await new Promise<void>((resolve) => service.#server.listen(0, "127.0.0.1", resolve));
    return service;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
