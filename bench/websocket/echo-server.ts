import { fileURLToPath } from "node:url";
import { Child, freePort, startProgram } from "../process/child-process.ts";
import { preparePeerEnvironment } from "../servers/fastrtc-environment.ts";

/** `fastrtc` is this package, `python` the peer. */
export type EchoServerName = "fastrtc" | "python";

/** More than are ever connected at once. */
const CONCURRENCY_LIMIT = "100000";

/** A server in its own process that sends back the sound of its WebSockets. */
export class EchoServer implements AsyncDisposable {
  readonly name: EchoServerName;
  /** Of its `websocket/offer`. */
  readonly url: string;
  readonly #child: Child;

  private constructor(name: EchoServerName, url: string, child: Child) {
    this.name = name;
    this.url = url;
    this.#child = child;
  }

  static async start(name: EchoServerName): Promise<EchoServer> {
    const port = await freePort();
    const env = { PORT: String(port), HOST: "127.0.0.1", CONCURRENCY_LIMIT };
    const child = name === "python" ? await startPython(env) : startNode(env);
    const address = `http://127.0.0.1:${port}`;
    const server = new EchoServer(name, `${address}/websocket/offer`, child);
    try {
      await child.answers(`${address}/healthz`, 60_000);
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
    return server;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Throws, with what the server printed, when it has crashed. */
  assertRunning(): void {
    if (this.#child.hasEnded) throw new Error(`The server "${this.name}" ended. It printed:\n${this.#child.output}`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#child[Symbol.asyncDispose]();
  }
}

function startNode(env: Record<string, string>): Child {
  return startProgram("fastrtc", new URL("./echo-program.ts", import.meta.url), [], { env });
}

async function startPython(env: Record<string, string>): Promise<Child> {
  const python = await preparePeerEnvironment();
  const quiet = { GRADIO_ANALYTICS_ENABLED: "False", HF_HUB_OFFLINE: "1", PYTHONUNBUFFERED: "1" };
  const app = fileURLToPath(new URL("../peer/echo.py", import.meta.url));
  return new Child("python", python, [app], { env: { ...env, ...quiet } });
}
