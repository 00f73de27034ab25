import { Server } from "node:http";
import { Server as SecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { FastRtcError } from "../../errors.ts";
import { setLaunchHost } from "../../server/launch-host.ts";
import type { LaunchOptions, LaunchedServer } from "../../server/launch.ts";
import { listen } from "../../server/listen.ts";
import type { Health } from "../../server/stream-service.ts";
import type { DrainOptions } from "../../session/drain.ts";
import { type AppModule, loadApp } from "./load-app.ts";

/** What the command needs of an app's Stream, whose class may come from another copy of this package. */
export interface AppStream {
  readonly ui: { launch(options?: LaunchOptions): Promise<LaunchedServer> };
  fetch(request: Request, options?: { readonly page?: boolean }): Promise<Response>;
  health(): Health;
  drain(options?: DrainOptions): Promise<void>;
  close(): Promise<void>;
}

/** An app that listens. */
export interface RunningApp {
  readonly port: number;
  /** Whether it speaks https by itself. */
  readonly isSecure: boolean;
  readonly streams: readonly AppStream[];
  /** Ends all sessions and the server. Harmless when repeated. */
  close(): Promise<void>;
}

export interface StartAppOptions {
  /** The port, from what the app itself asked for, if it did. */
  readonly port: (asked: number | undefined) => number;
  /** The address, likewise. */
  readonly host: (asked: string | undefined) => string;
}

/**
 * Loads an app and has it listen. An app is a module that exports a Stream, as default or under any name; or a server of node:http or
 * node:https that does not listen yet, its Streams beside it; or one that calls `stream.ui.launch()` by itself.
 * @throws {FastRtcError} `invalid_argument` when it is none of these; `port_in_use`.
 */
export async function startApp(path: string, { port, host }: StartAppOptions): Promise<RunningApp> {
  const launched: { readonly stream: object; readonly server: Promise<LaunchedServer> }[] = [];
  setLaunchHost({
    adjust: (asked) => ({
      ...asked,
      handleSignals: false,
      printUrl: false,
      // A second server of the same app cannot have the same port: it keeps its own.
      ...(launched.length === 0 && { port: port(asked.port), host: host(asked.host) }),
    }),
    launching: (stream, server) => void launched.push({ stream, server }),
  });
  const module = await loadApp(path);
  const streams = exportsOf(module).filter(isStream);
  const server = exportsOf(module).find((value) => value instanceof Server || value instanceof SecureServer);
  if (server && launched.length === 0) {
    const address = await listening(server, port(undefined), host(undefined));
    const close = async (): Promise<void> => {
      const closed = new Promise((resolve) => server.close(resolve));
      await Promise.all(streams.map((stream) => stream.close()));
      server.closeAllConnections();
      await closed;
    };
    return { port: address.port, isSecure: server instanceof SecureServer, streams, close };
  }
  const [first] = streams;
  if (launched.length === 0) {
    if (!first) throw new FastRtcError("invalid_argument", NO_APP);
    const own = first.ui.launch({
      port: port(undefined),
      host: host(undefined),
      handleSignals: false,
      printUrl: false,
    });
    if (launched.length === 0) launched.push({ stream: first, server: own }); // A page of the app's own has its own launch.
  }
  const servers = await Promise.all(launched.map((each) => each.server));
  return {
    port: servers[0]?.port ?? 0,
    isSecure: false,
    streams: [...new Set([...streams, ...launched.map((each) => each.stream).filter(isStream)])],
    close: async () => void (await Promise.all(servers.map((each) => each.close()))),
  };
}

const NO_APP =
  "The module is no app: it neither exports a Stream nor launches one. End it with `export default stream;`, or, where " +
  "the Stream is mounted on a server of your own, with `export { server, stream };`, the server not listening yet.";

/** Its default export first; that of a CommonJS module once more. */
function exportsOf(module: AppModule): readonly unknown[] {
  const own = [module["default"], ...Object.values(module)];
  const [first] = own;
  const nested = isModuleOfCommonJs(first) ? Object.values(first) : [];
  return [...new Set([...own, ...nested])];
}

function isModuleOfCommonJs(value: unknown): value is AppModule {
  return typeof value === "object" && value !== null && "__esModule" in value;
}

function isStream(value: unknown): value is AppStream {
  return (
    typeof value === "object" &&
    value !== null &&
    ["mount", "fetch", "health", "drain", "close"].every((name) => typeof Reflect.get(value, name) === "function")
  );
}

async function listening(server: Server | SecureServer, port: number, host: string): Promise<AddressInfo> {
  if (!server.listening) await listen(server, port, host);
  return server.address() as AddressInfo;
}
