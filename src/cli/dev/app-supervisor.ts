import { AppProcess } from "./app-process.ts";
import type { FromApp } from "./app-messages.ts";

/** How the app does. */
export type AppState =
  | { readonly type: "starting" }
  | { readonly type: "running"; readonly port: number; readonly isSecure: boolean }
  | { readonly type: "failed"; readonly text: string };

export interface AppSupervisorOptions {
  /** The app's module. */
  readonly path: string;
  /** What paths in messages are relative to. */
  readonly folder: string;
  readonly complain: (text: string) => void;
  readonly onState: (state: AppState) => void;
  /** Told of every file that the app consists of, again at every start. */
  readonly onImported: (path: string) => void;
}

/**
 * Keeps one process of an app running and the next one ready, since most of the time to start goes into loading this package.
 * The old one has ended before the new one is told to run: they may want the same UDP port.
 */
export class AppSupervisor implements AsyncDisposable {
  readonly #options: AppSupervisorOptions;
  #state: AppState = { type: "starting" };
  #run = 0;
  #current: AppProcess | undefined;
  #spare: AppProcess | undefined;
  #changing: Promise<void> = Promise.resolve();
  #isClosed = false;
  readonly #waiting = new Set<() => void>();

  constructor(options: AppSupervisorOptions) {
    this.#options = options;
  }

  get state(): AppState {
    return this.#state;
  }

  /** How often it has been started. */
  get run(): number {
    return this.#run;
  }

  /** Starts the app, or starts it anew. Resolves when it has been told to run. */
  restart(): Promise<void> {
    this.#changing = this.#changing.then(() => this.#replace());
    return this.#changing;
  }

  /** Resolves when the app runs or has failed. */
  async settled(): Promise<AppState> {
    while (this.#state.type === "starting" && !this.#isClosed) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
    return this.#state;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    for (const resolve of this.#waiting) resolve();
    await this.#changing;
    await Promise.all([this.#current?.stop(), this.#spare?.stop()]);
  }

  async #replace(): Promise<void> {
    if (this.#isClosed) return;
    this.#run += 1;
    this.#enter({ type: "starting" });
    const old = this.#current;
    this.#current = this.#spare ?? this.#makeProcess();
    this.#spare = undefined;
    await old?.stop();
    if (!this.#isClosed) this.#current.run(this.#options.path, this.#options.folder);
  }

  #makeProcess(): AppProcess {
    const made: AppProcess = new AppProcess({
      complain: this.#options.complain,
      on: (message) => {
        if (made === this.#current) this.#heard(message);
        else if (made === this.#spare) this.#spare = undefined; // It ended by itself.
      },
    });
    return made;
  }

  #heard(message: FromApp): void {
    if (message.type === "imported") {
      this.#options.onImported(message.path);
      return;
    }
    this.#enter(message);
    if (!this.#isClosed) this.#spare ??= this.#makeProcess();
  }

  #enter(state: AppState): void {
    this.#state = state;
    this.#options.onState(state);
    if (state.type === "starting") return;
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
