import { type Child, startProgram } from "../process/child-process.ts";
import type { NetworkConditions } from "./network-conditions.ts";
import type { RelayReply, RelayReport, RelayRequest } from "./relay-messages.ts";
import type { PathOpener } from "./relayed-signalling.ts";
import type { CandidateAddress } from "./rewrite-candidates.ts";

type Asked = RelayRequest extends infer Request ? (Request extends unknown ? Omit<Request, "request"> : never) : never;

/** The same for every path, so that the same packets of every call are lost. */
const SEED = 1;
/** How long the relay may take to answer, in milliseconds. */
const TIMEOUT_MS = 10_000;

/** The parent's side of the lossy relay: a process whose paths all have the same conditions, each a network of its own. */
export class LossyRelay implements PathOpener, AsyncDisposable {
  readonly #child: Child = startProgram("lossy relay", new URL("./relay-program.ts", import.meta.url), [], {
    ipc: true,
  });
  #conditions: NetworkConditions = {};
  #requestCount = 0;

  get pid(): number {
    return this.#child.pid;
  }

  /** Changes all paths, and those to come. */
  async change(conditions: NetworkConditions): Promise<void> {
    this.#conditions = conditions;
    await this.#ask({ type: "change", conditions }, "done");
  }

  async open(): Promise<{ readonly path: number; readonly clientPort: number; readonly serverPort: number }> {
    return this.#ask({ type: "open", conditions: this.#conditions, seed: SEED }, "opened");
  }

  async connect(path: number, server: CandidateAddress): Promise<void> {
    await this.#ask({ type: "connect", path, server }, "done");
  }

  /** What all open paths did together. */
  async report(): Promise<RelayReport> {
    return (await this.#ask({ type: "report" }, "report")).report;
  }

  /** Closes all paths. */
  async closePaths(): Promise<void> {
    await this.#ask({ type: "close" }, "done");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#child[Symbol.asyncDispose]();
  }

  async #ask<Type extends RelayReply["type"]>(
    asked: Asked,
    expected: Type,
  ): Promise<Extract<RelayReply, { type: Type }>> {
    const request = (this.#requestCount += 1);
    const { process } = this.#child;
    const reply = await new Promise<RelayReply>((resolve, reject) => {
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        process.off("message", onMessage).off("exit", onExit);
        settle();
      };
      const onMessage = (message: RelayReply): void => {
        if (message.request === request) finish(() => resolve(message));
      };
      const onExit = (): void => finish(() => reject(new Error(`The relay ended:\n${this.#child.output}`)));
      const timer = setTimeout(() => finish(() => reject(new Error("The relay is silent."))), TIMEOUT_MS);
      process.on("message", onMessage).on("exit", onExit);
      process.send({ ...asked, request });
    });
    if (reply.type === "failed") throw new Error(`The relay failed: ${reply.message}`);
    if (reply.type !== expected) throw new Error(`The relay answered ${reply.type} to ${asked.type}.`);
    return reply as Extract<RelayReply, { type: Type }>;
  }
}
