import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { projectFile } from "../../support/source-tree.ts";

const PROGRAM = readFileSync(projectFile("test/fastphone/support/stand-in-share-client.mjs"));

export interface RecordedRequest {
  readonly path: string | undefined;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** Stands for FastPhone's API, for Gradio's of tunnels, and for where its program is downloaded from. */
export class StandInServices implements AsyncDisposable {
  /** What FastPhone was asked. */
  readonly requests: RecordedRequest[] = [];
  downloads = 0;
  /** What FastPhone answers `/register` with. */
  reply: { readonly status: number; readonly body: unknown } = {
    status: 200,
    body: { code: 530574, phone: "+1 877-713-4471", time_remaining: 1799.6, reset_date: "2026-12-01" },
  };
  /** What Gradio answers. */
  tunnelServers: unknown = [{ host: "share.example.com", port: 7000, root_ca: "-----BEGIN CERTIFICATE-----\n" }];
  readonly #waiting: (() => void)[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      void text(request).then((body) => {
        const json = (status: number, value: unknown): void => {
          response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
        };
        if (request.url === "/frpc") {
          this.downloads += 1;
          response.end(PROGRAM);
        } else if (request.url === "/v3/tunnel-request") {
          json(200, this.tunnelServers);
        } else {
          this.requests.push({ path: request.url, authorization: request.headers.authorization, body });
          for (const go of this.#waiting.splice(0)) go();
          if (request.url === "/register") json(this.reply.status, this.reply.body);
          else json(200, {});
        }
      });
    });
  }

  static async start(): Promise<StandInServices> {
    const services = new StandInServices();
    await new Promise<void>((resolve) => services.#server.listen(0, "127.0.0.1", resolve));
    return services;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Options of `gradioTunnel` that lead here. */
  tunnelOptions(cacheFolder: string) {
    const sha256 = createHash("sha256").update(PROGRAM).digest("hex");
    return { apiUrl: `${this.url}/v3/tunnel-request`, client: { url: `${this.url}/frpc`, sha256 }, cacheFolder };
  }

  /** Once FastPhone was asked for this. */
  async asked(path: string): Promise<RecordedRequest> {
    for (;;) {
      const request = this.requests.find((asked) => asked.path === path);
      if (request) return request;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
