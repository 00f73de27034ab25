import { Child, freePort, startProgram } from "../process/child-process.ts";
import { peerApp, preparePeerEnvironment } from "./fastrtc-environment.ts";

/**
 * `fastrtc` is this package's example, `python` the peer, `passthrough` the floor. `plain-passthrough` leaves it to the
 * browser how long it keeps a picture back; the other passthrough asks for no delay, as the package does.
 */
export type ServerName = "fastrtc" | "passthrough" | "plain-passthrough" | "python";

/** More than any part of the benchmark connects at once. */
const CONCURRENCY_LIMIT = "1000";

/** A server in its own process, reachable over HTTP on loopback. */
export class ServerUnderTest implements AsyncDisposable {
  readonly name: ServerName;
  readonly url: string;
  readonly #child: Child;

  private constructor(name: ServerName, url: string, child: Child) {
    this.name = name;
    this.url = url;
    this.#child = child;
  }

  static async start(name: ServerName): Promise<ServerUnderTest> {
    const port = await freePort();
    const env = { PORT: String(port), HOST: "127.0.0.1", CONCURRENCY_LIMIT };
    const child = name === "python" ? await startPython(env) : startNode(name, env);
    const server = new ServerUnderTest(name, `http://127.0.0.1:${port}`, child);
    try {
      await child.answers(`${server.url}/healthz`, 60_000);
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

  /** How many sessions it says it holds. */
  async sessions(): Promise<number> {
    const response = await fetch(`${this.url}/healthz`, { signal: AbortSignal.timeout(5000) });
    const body = (await response.json()) as { sessions: number };
    return body.sessions;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#child[Symbol.asyncDispose]();
  }
}

function startNode(name: Exclude<ServerName, "python">, env: Record<string, string>): Child {
  const program = name === "fastrtc" ? "../../examples/flip-webcam.ts" : "../passthrough/passthrough-program.ts";
  const plain = name === "plain-passthrough" ? { PLAIN: "1" } : {};
  return startProgram(name, new URL(program, import.meta.url), [], { env: { ...env, ...plain } });
}

async function startPython(env: Record<string, string>): Promise<Child> {
  const python = await preparePeerEnvironment();
  const quiet = { GRADIO_ANALYTICS_ENABLED: "False", HF_HUB_OFFLINE: "1", PYTHONUNBUFFERED: "1" };
  return new Child("python", python, [peerApp], { env: { ...env, ...quiet } });
}
