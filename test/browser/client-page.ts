import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { build } from "vite";
import type { ConnectionState } from "../../src/client/index.ts";
import type { Stream } from "../../src/index.ts";

const PAGE = `<!doctype html><title>Client</title><video autoplay muted playsinline></video>
<script type="module">import { connect } from "/client.js"; globalThis.connect = connect;</script>`;

let bundling: Promise<string> | undefined;

/** The browser's side of the package as one module. */
function clientBundle(): Promise<string> {
  bundling ??= bundle();
  return bundling;
}

async function bundle(): Promise<string> {
  const entry = fileURLToPath(new URL("../../src/client/index.ts", import.meta.url));
  const built = await build({
    configFile: false,
    logLevel: "error",
    build: { write: false, minify: false, lib: { entry, formats: ["es"], fileName: "client" } },
  });
  const [result] = [built].flat();
  const chunk = result && "output" in result ? result.output[0] : undefined;
  if (!chunk) throw new Error("The client was not built.");
  return chunk.code;
}

/** What the page has seen of its connection. */
export interface ClientState {
  readonly state: ConnectionState;
  /** Why it failed. */
  readonly error: string | undefined;
  readonly webrtcId: string;
  /** Pictures that its video element has shown. */
  readonly frames: number;
  /** The middle of the picture that it shows: red, green and blue. */
  readonly color: readonly number[];
  /** Every state that there was, in short. */
  readonly history: readonly string[];
  /** Local and remote candidates of the pair in use, as `type protocol address`, with the relay's protocol where there is one. */
  readonly path:
    | { readonly local: string; readonly remote: string; readonly relayProtocol: string | undefined }
    | undefined;
}

declare global {
  // Lives in the page.
  var connect: typeof import("../../src/client/index.ts").connect;
  var client: { state(): Promise<ClientState>; close(): void };
}

/** A server with a Stream at /rtc and a page that holds nothing but the client. */
export class ClientPageServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #stream: Stream;
  readonly #host: string;

  private constructor(server: Server, stream: Stream, host: string) {
    this.#server = server;
    this.#stream = stream;
    this.#host = host;
  }

  static async start(stream: Stream, host = "127.0.0.1", port = 0): Promise<ClientPageServer> {
    const code = await clientBundle();
    const server = createServer((request, response) => {
      const isScript = request.url === "/client.js";
      response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
      response.end(isScript ? code : PAGE);
    });
    (stream as unknown as { mount(app: Server, options: { path: string }): void }).mount(server, { path: "/rtc" });
    await new Promise<void>((resolve) => server.listen(port, host, resolve));
    return new ClientPageServer(server, stream, host);
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://${this.#host.includes(":") ? `[${this.#host}]` : this.#host}:${port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stream.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Connects from the page. The picture that it sends is green. */
export async function startClient(page: Page, url: string, rtcConfiguration: RTCConfiguration = {}): Promise<void> {
  await page.goto(url);
  await page.evaluate((configuration) => {
    const canvas = document.createElement("canvas");
    canvas.width = 320;
    canvas.height = 240;
    const context = canvas.getContext("2d", { alpha: false });
    setInterval(() => {
      if (!context) return;
      context.fillStyle = "#00c000";
      context.fillRect(0, 0, 320, 240);
    }, 1000 / 30);
    const peers: RTCPeerConnection[] = [];
    const connection = globalThis.connect("/rtc", {
      media: canvas.captureStream(30),
      browser: {
        createPeerConnection: (given) => {
          const peer = new RTCPeerConnection({ ...given, ...configuration });
          peers.push(peer);
          return peer;
        },
      },
    });
    const video = document.querySelector("video");
    if (!video) throw new Error("the page has no video");
    const history: string[] = [];
    connection.on("state", (state) => {
      const short = state.type === "connected" && state.interrupted ? "interrupted" : state.type;
      if (history.at(-1) !== short) history.push(short); // Connecting has steps.
    });
    connection.on("output", (stream) => {
      video.srcObject = stream;
    });
    let frames = 0;
    const count = (): void => {
      frames += 1;
      video.requestVideoFrameCallback(count);
    };
    video.requestVideoFrameCallback(count);
    const reader = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    globalThis.client = {
      close: () => connection.close(),
      state: async () => {
        const report: Map<string, Record<string, unknown>> = new Map((await peers.at(-1)?.getStats()) ?? []);
        const entries = [...report.values()];
        const transport = entries.find((entry) => entry["type"] === "transport");
        const pair = report.get(String(transport?.["selectedCandidatePairId"]));
        const [local, remote] = [pair?.["localCandidateId"], pair?.["remoteCandidateId"]].map((id) =>
          report.get(String(id)),
        );
        const say = (end: Record<string, unknown>): string =>
          `${String(end["candidateType"])} ${String(end["protocol"])} ${String(end["address"])}`;
        reader?.drawImage(video, 0, 0);
        const color = video.videoWidth > 0 ? [...(reader?.getImageData(100, 60, 1, 1).data ?? [])].slice(0, 3) : [];
        return {
          state: connection.state,
          error:
            connection.state.type === "closed" && connection.state.reason.type === "failed"
              ? connection.state.reason.error.message
              : undefined,
          webrtcId: connection.webrtcId,
          frames,
          color,
          history,
          path: local &&
            remote && {
              local: say(local),
              remote: say(remote),
              relayProtocol: local["relayProtocol"] as string | undefined,
            },
        };
      },
    };
  }, rtcConfiguration);
}

/** Waits until the page's connection is as `check` wants it; says how it is when that never comes. */
export async function clientUntil(
  page: Page,
  check: (state: ClientState) => boolean,
  timeoutMs = 25_000,
): Promise<ClientState> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const state = await page.evaluate(() => globalThis.client.state());
    if (check(state)) return state;
    const failed = state.state.type === "closed" && state.state.reason.type === "failed";
    if (failed || performance.now() > deadline)
      throw new Error(`The connection did not come to that: ${JSON.stringify(state)}`);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  }
}
