import type { Server } from "node:net";
import { FastRtcError } from "../errors.ts";

/**
 * Has a server listen.
 * @throws {FastRtcError} `port_in_use`; `invalid_option` for an address that cannot be listened on.
 */
export function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => reject(listenError(cause, port, host)));
    server.listen(port, host, resolve);
  });
}

function listenError(cause: NodeJS.ErrnoException, port: number, host: string): FastRtcError {
  switch (cause.code) {
    case "EADDRINUSE":
      return new FastRtcError(
        "port_in_use",
        `Port ${port} is already in use. Stop the program that uses it, or choose another port.`,
        { cause },
      );
    case "EACCES":
      return new FastRtcError("invalid_option", `Port ${port} needs more rights. Choose one above 1023.`, { cause });
    default:
      return new FastRtcError("invalid_option", `Cannot listen on ${host}:${port}: ${cause.message}.`, { cause });
  }
}

/** How a person on this machine reaches the address. */
export function displayHost(host: string): string {
  if (["127.0.0.1", "0.0.0.0", "::", "::1", "localhost"].includes(host)) return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}
