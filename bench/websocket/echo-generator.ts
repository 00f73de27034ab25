import { type Child, startProgram } from "../process/child-process.ts";
import type { EchoReply, EchoRequest } from "./echo-messages.ts";

/** The parent's side of the generator of WebSocket audio: a process that answers one request at a time. */
export class EchoGenerator implements AsyncDisposable {
  readonly #child: Child = startProgram("echo generator", new URL("./echo-load-program.ts", import.meta.url), [], {
    ipc: true,
  });

  /** @throws {Error} when the generator fails, ends or stays silent for `timeoutMs`. */
  async ask<Type extends EchoReply["type"]>(
    request: EchoRequest,
    expected: Type,
    timeoutMs = 120_000,
  ): Promise<Extract<EchoReply, { type: Type }>> {
    const { process } = this.#child;
    const reply = await new Promise<EchoReply>((resolve, reject) => {
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        process.off("message", onMessage).off("exit", onExit);
        settle();
      };
      const onMessage = (message: EchoReply): void => finish(() => resolve(message));
      const onExit = (): void => finish(() => reject(new Error(`The echo generator ended:\n${this.#child.output}`)));
      const timer = setTimeout(() => finish(() => reject(new Error("The echo generator is silent."))), timeoutMs);
      process.on("message", onMessage).on("exit", onExit);
      process.send(request);
    });
    if (reply.type === "failed") throw new Error(`The echo generator failed: ${reply.message}`);
    if (reply.type !== expected) throw new Error(`The echo generator answered ${reply.type} to ${request.type}.`);
    return reply as Extract<EchoReply, { type: Type }>;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#child[Symbol.asyncDispose]();
  }
}
