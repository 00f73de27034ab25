import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Clock, systemClock } from "../../async/clock.ts";
import type { FromApp, ToApp } from "./app-messages.ts";

/** What runs in the process; beside this file in a checkout, as in the built package. */
const PROGRAM = fileURLToPath(new URL(import.meta.url.replace(/app-process\.(\w+)$/, "app-program.$1")));
/** How long an app may take to end its calls, in milliseconds; then it is ended. */
const GRACE_MS = 1000;
/** How much of what it wrote to stderr is kept, for the page. */
const KEPT_CHARACTERS = 4000;

export interface AppProcessOptions {
  /** Told what the process says, and of its end by itself. */
  readonly on: (message: FromApp) => void;
  /** Where its stderr goes. Its stdout is that of this process. */
  readonly complain: (text: string) => void;
  /** @internal Replaced in tests. */
  readonly clock?: Clock;
}

/** A process that an app runs in. It is made before there is anything to run, since loading this package takes most of the time. */
export class AppProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #clock: Clock;
  #complaints = "";
  #isStopping = false;

  constructor({ on, complain, clock = systemClock }: AppProcessOptions) {
    this.#clock = clock;
    this.#child = fork(PROGRAM, {
      execArgv: [...process.execArgv, "--enable-source-maps"],
      stdio: ["ignore", "inherit", "pipe", "ipc"],
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#complaints = (this.#complaints + text).slice(-KEPT_CHARACTERS);
      complain(text);
    });
    this.#child.on("message", (message: FromApp) => on(message));
    this.#exited = new Promise((resolve) => this.#child.once("close", () => resolve()));
    this.#child.on("error", (error) => on({ type: "failed", text: error.message }));
    this.#child.once("close", (code, signal) => {
      if (this.#isStopping) return;
      const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
      on({ type: "failed", text: `The app ended by itself, ${how}.\n\n${this.#complaints}`.trimEnd() });
    });
  }

  /** Loads an app in it; `on` is told how that went. */
  run(path: string, folder: string): void {
    this.#say({ type: "run", path, folder });
  }

  /** Ends the app's calls, and the process. Harmless when repeated. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#say({ type: "stop" });
    const cancel = this.#clock.after(GRACE_MS, () => this.#child.kill("SIGKILL"));
    await this.#exited;
    cancel();
  }

  #say(message: ToApp): void {
    if (!this.#child.connected) return;
    this.#child.send(message, () => undefined); // One that has just ended tells so by its exit.
  }
}
