import type { LaunchOptions, LaunchedServer } from "./launch.ts";

/**
 * A program that runs an application, as the `fastrtc` command does: it decides where the application listens, and is told
 * what does. It is found by a symbol that all copies of this package share, since the application may have one of its own.
 */
export interface LaunchHost {
  /** The options to launch with, in place of those that the application asked for. */
  adjust(asked: LaunchOptions): LaunchOptions;
  /** Told as soon as something is being launched. */
  launching(stream: object, server: Promise<LaunchedServer>): void;
}

const KEY = Symbol.for("fastrtc.launch-host");

/** Has a program decide over all launches of this process from now on; undefined takes that back. */
export function setLaunchHost(host: LaunchHost | undefined): void {
  Reflect.set(globalThis, KEY, host);
}

/** Launches a Stream the way the program wants that runs the application, if there is one. */
export function launchHosted(
  stream: object,
  asked: LaunchOptions | undefined,
  launch: (options: LaunchOptions | undefined) => Promise<LaunchedServer>,
): Promise<LaunchedServer> {
  const host = Reflect.get(globalThis, KEY) as LaunchHost | undefined;
  if (!host) return launch(asked);
  const server = launch(host.adjust(asked ?? {}));
  host.launching(stream, server);
  return server;
}
