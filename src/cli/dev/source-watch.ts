import { type FSWatcher, watch } from "node:fs";
import { dirname } from "node:path";
import { type Clock, systemClock } from "../../async/clock.ts";

/** What an app is made of; other files in its folders, logs and recordings say, do not start it anew. */
const SOURCE = /\.([cm]?[jt]sx?|json|env)$|^\.env/;
/** Editors write a file in several steps: this long after the last one, in milliseconds, it counts. */
const SETTLE_MS = 60;
/** More folders than an app has. */
const MAX_FOLDERS = 500;

export interface SourceWatchOptions {
  /** Told, with the name of a file, when sources have changed. */
  readonly onChange: (name: string) => void;
  /** Told when a folder cannot be watched. */
  readonly complain: (text: string) => void;
  /** @internal Replaced in tests. */
  readonly clock?: Clock;
}

/** Watches the folders that an app's files lie in, by folder, because many editors replace a file by a new one. */
export class SourceWatch implements Disposable {
  readonly #options: SourceWatchOptions;
  readonly #clock: Clock;
  readonly #watchers = new Map<string, FSWatcher>();
  #cancel: (() => void) | undefined;

  constructor(options: SourceWatchOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Watches the folder of a file from now on. */
  add(path: string): void {
    this.addFolder(dirname(path));
  }

  /** Watches a folder from now on, those within it excepted. */
  addFolder(folder: string): void {
    if (this.#watchers.has(folder) || this.#watchers.size >= MAX_FOLDERS) return;
    try {
      const watcher = watch(folder, (_event, name) => this.#changed(name));
      watcher.on("error", (error) => this.#fail(folder, error));
      this.#watchers.set(folder, watcher);
    } catch (thrown) {
      this.#fail(folder, thrown);
    }
  }

  [Symbol.dispose](): void {
    this.#cancel?.();
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #changed(name: string | null): void {
    if (name === null || !SOURCE.test(name)) return;
    this.#cancel?.();
    this.#cancel = this.#clock.after(SETTLE_MS, () => this.#options.onChange(name));
  }

  #fail(folder: string, thrown: unknown): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
    this.#options.complain(`Changes in ${folder} will not be seen: ${String(thrown)}`);
  }
}
