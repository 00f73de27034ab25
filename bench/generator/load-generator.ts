import { type Child, startProgram } from "../process/child-process.ts";
import type { BenchCodec } from "../webrtc/video-format.ts";
import type { GeneratorReply, GeneratorRequest } from "./messages.ts";

/** The parent's side of the load generator: a process that answers one request at a time. */
export class LoadGenerator implements AsyncDisposable {
  readonly #child: Child;

  private constructor() {
    this.#child = startProgram("load generator", new URL("./generator-program.ts", import.meta.url), [], { ipc: true });
  }

  /** Starts a generator with its clips encoded: those of `codec`, or of both when a server may choose. */
  static async start(codec: BenchCodec | undefined): Promise<LoadGenerator> {
    const generator = new LoadGenerator();
    await generator.ask({ type: "prepare", codecs: codec ? [codec] : ["h264", "vp8"] }, "prepared");
    return generator;
  }

  /**
   * Sends a request and resolves to its reply.
   * @throws {Error} when the generator fails, ends or stays silent for `timeoutMs`.
   */
  async ask<Type extends GeneratorReply["type"]>(
    request: GeneratorRequest,
    expected: Type,
    timeoutMs = 60_000,
  ): Promise<Extract<GeneratorReply, { type: Type }>> {
    const { process } = this.#child;
    const reply = await new Promise<GeneratorReply>((resolve, reject) => {
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        process.off("message", onMessage).off("exit", onExit);
        settle();
      };
      const onMessage = (message: GeneratorReply): void => finish(() => resolve(message));
      const onExit = (): void => finish(() => reject(new Error(`The load generator ended:\n${this.#child.output}`)));
      const onSilence = (): void =>
        finish(() => reject(new Error(`The load generator is silent:\n${this.#child.output}`)));
      const timer = setTimeout(onSilence, timeoutMs);
      process.on("message", onMessage).on("exit", onExit);
      process.send(request);
    });
    if (reply.type === "failed") throw new Error(`The load generator failed: ${reply.message}\n${this.#child.output}`);
    if (reply.type !== expected) throw new Error(`The load generator answered ${reply.type} to ${request.type}.`);
    return reply as Extract<GeneratorReply, { type: Type }>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child[Symbol.asyncDispose]();
  }
}
