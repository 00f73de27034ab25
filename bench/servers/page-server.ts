import { readFileSync } from "node:fs";
import { type IncomingMessage, type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "vite";

/** Answers a post to a server in its place, asking the server through `ask`; both take and give parsed JSON. */
export interface PostInterceptor {
  handle(body: unknown, ask: (body: unknown) => Promise<unknown>): Promise<unknown>;
}

interface Target {
  readonly url: string;
  readonly interceptor: PostInterceptor | undefined;
}

/**
 * Serves the benchmark's page and passes its requests on to the servers under test (`/to/{name}/…`), so that no
 * server needs to allow another origin. The page is the same for all of them.
 */
export class PageServer implements AsyncDisposable {
  readonly #targets = new Map<string, Target>();
  readonly #server: Server;

  private constructor(script: string) {
    const page = readFileSync(new URL("../page/index.html", import.meta.url));
    this.#server = createServer((request, response) => {
      const path = request.url ?? "/";
      if (path === "/page.js") {
        response.setHeader("content-type", "text/javascript").end(script);
      } else if (path.startsWith("/to/")) {
        this.#passOn(request, path).then(
          ({ status, body }) => response.writeHead(status, { "content-type": "application/json" }).end(body),
          (error: unknown) => response.writeHead(502).end(String(error)),
        );
      } else {
        response.setHeader("content-type", "text/html").end(page);
      }
    });
  }

  static async start(): Promise<PageServer> {
    const server = new PageServer(await bundlePage());
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** Lets the page reach a server by name, its posts by way of the interceptor where there is one. */
  route(name: string, url: string, interceptor?: PostInterceptor): void {
    this.#targets.set(name, { url, interceptor });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #passOn(request: IncomingMessage, path: string): Promise<{ status: number; body: string }> {
    const [, , name = "", ...rest] = path.split("/");
    const target = this.#targets.get(name);
    if (target === undefined) return { status: 404, body: `No server is called ${name}.` };
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const post = async (body: string): Promise<{ status: number; body: string }> => {
      const headers = { "content-type": "application/json" };
      const reply = await fetch(`${target.url}/${rest.join("/")}`, { method: "POST", headers, body });
      return { status: reply.status, body: await reply.text() };
    };
    const body = Buffer.concat(chunks).toString();
    if (!target.interceptor) return post(body);
    const ask = async (asked: unknown): Promise<unknown> => JSON.parse((await post(JSON.stringify(asked))).body);
    return { status: 200, body: JSON.stringify(await target.interceptor.handle(JSON.parse(body), ask)) };
  }
}

/** The page's modules in one script; they share the pictures' code with the load generator. */
async function bundlePage(): Promise<string> {
  const output = await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      minify: false,
      target: "esnext",
      lib: { entry: fileURLToPath(new URL("../page/page.js", import.meta.url)), formats: ["es"] },
    },
  });
  const [bundle] = Array.isArray(output) ? output : [output];
  const chunk = bundle && "output" in bundle ? bundle.output[0] : undefined;
  if (!chunk) throw new Error("Vite built no page.");
  return chunk.code;
}
