import { type Server, createServer } from "node:http";
import { FastRtcError } from "../errors.ts";
import type { Logger } from "../session/logger.ts";
import { checkOptionNames, type OptionNames } from "../session/option-names.ts";
import { closeOnSignals } from "./exit-signals.ts";
import { displayHost, listen } from "./listen.ts";
import { serveNodeRequest } from "./node-listener.ts";
import { Routes } from "./routes.ts";
import type { StreamService } from "./stream-service.ts";
import { handleUpgrade, refuseUpgrade } from "./upgrade.ts";

/** Where the built-in server listens, and how it behaves. */
export interface LaunchOptions {
  /** The port to listen on; 0 takes a free one. @default 7860 */
  port?: number;
  /**
   * The address to listen on; "0.0.0.0" or "::" lets other machines in. Browsers give the camera only to
   * pages from localhost or over https. @default "127.0.0.1"
   */
  host?: string;
  /** Whether Ctrl-C and SIGTERM end the sessions, close the server and exit with code 0. @default true */
  handleSignals?: boolean;
  /** Whether the address is printed. @default true */
  printUrl?: boolean;
}

/** How long a client may take to send a whole request, in milliseconds: Node grants five minutes. */
const REQUEST_MS = 30_000;

const OPTION_NAMES: OptionNames<LaunchOptions> = { port: true, host: true, handleSignals: true, printUrl: true };

/** A running built-in server. */
export interface LaunchedServer extends AsyncDisposable {
  /** Where the page is, as a person would type it. */
  readonly url: string;
  readonly port: number;
  /** Ends the sessions and closes the server. Harmless when repeated. */
  close(): Promise<void>;
}

/**
 * Serves the built-in page and the routes of one Stream.
 * @throws {FastRtcError} `port_in_use`, or `invalid_option` when the page, the address or an option is at fault.
 */
export async function launch(
  service: StreamService,
  logger: Logger,
  options: LaunchOptions = {},
): Promise<LaunchedServer> {
  checkOptionNames(options, { of: "stream.ui.launch(...)", names: OPTION_NAMES });
  const { port = 7860, host = "127.0.0.1", handleSignals = true, printUrl = true } = options;
  // Node takes a string for the path of a socket of the file system.
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new FastRtcError(
      "invalid_option",
      `${JSON.stringify(port)} is not a port. Use a whole number from 0 to 65535.`,
    );
  }
  // What is missing is said now, not to the first visitor.
  await service.page().prepare();
  const routes = new Routes(service, { basePath: "", page: true });
  const server = createServer((request, response) => {
    void serveNodeRequest(routes, logger, request, response).then((served) => {
      if (!served) response.writeHead(404, { "content-type": "text/plain" }).end("There is nothing here.\n");
    });
  });
  server.requestTimeout = REQUEST_MS;
  server.on("upgrade", (request, socket, head) => {
    if (!handleUpgrade({ basePath: "", sockets: service.sockets, access: service.access, request, socket, head })) {
      refuseUpgrade(socket, "There is nothing here.");
    }
  });
  await listen(server, port, host);
  try {
    await service.prepare();
  } catch (thrown) {
    await closeAll(server, service);
    throw thrown;
  }
  const address = server.address();
  const actualPort = typeof address === "object" && address ? address.port : port;
  const url = `http://${displayHost(host)}:${actualPort}`;
  // oxlint-disable-next-line no-console -- for the person who started the server, not for a log
  if (printUrl) console.log(`Running on ${url}`);

  let closing: Promise<void> | undefined;
  let forgetSignals: (() => void) | undefined;
  const close = (): Promise<void> => {
    closing ??= closeAll(server, service).finally(() => forgetSignals?.());
    return closing;
  };
  if (handleSignals) forgetSignals = closeOnSignals(close, logger);
  return { url, port: actualPort, close, [Symbol.asyncDispose]: close };
}

async function closeAll(server: Server, service: StreamService): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  await service.close();
  server.closeAllConnections();
  await closed;
}
