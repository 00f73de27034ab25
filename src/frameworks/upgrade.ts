import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { refuseUpgrade } from "../server/upgrade.ts";

/** Takes the WebSocket upgrade of a route below the prefix; false, with the socket untouched, when the path is none of them. */
export type TakeUpgrade = (basePath: string, request: IncomingMessage, socket: Duplex, head: Buffer) => boolean;

const ourListeners = new WeakSet<object>();
const taken = new WeakSet<IncomingMessage>();
/** How many of our listeners left a request to others. */
const passedBy = new WeakMap<IncomingMessage, number>();

/**
 * Makes a listener of what takes upgrades. Several of them get along on one server, with those of others, and with themselves:
 * a request is taken once. One that nobody takes is answered with 404 where all listeners are ours, since its socket
 * would stay open for ever; where others listen, it is theirs.
 */
export function upgradeListener<Rest extends readonly unknown[]>(
  take: (request: IncomingMessage, socket: Duplex, head: Buffer, ...rest: Rest) => boolean,
): (request: IncomingMessage, socket: Duplex, head: Buffer, ...rest: Rest) => boolean {
  // The emitter of an event is `this` in its listeners.
  function listener(this: unknown, request: IncomingMessage, socket: Duplex, head: Buffer, ...rest: Rest): boolean {
    if (taken.has(request)) return true;
    if (take(request, socket, head, ...rest)) {
      taken.add(request);
      return true;
    }
    const passes = (passedBy.get(request) ?? 0) + 1;
    passedBy.set(request, passes);
    if (passes === ourListenersOf(this)) refuseUpgrade(socket, "There is no WebSocket here.");
    return false;
  }
  ourListeners.add(listener);
  return listener;
}

type Take = (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean;

/** What takes the upgrades of a server for the streams that were mounted on it: however many, they share one listener. */
const takersByServer = new WeakMap<object, Take[]>();

/** Has `take` asked for each upgrade of a server. */
export function takeUpgradesOf(server: { on(event: "upgrade", listener: Take): unknown }, take: Take): void {
  const known = takersByServer.get(server);
  if (known) {
    known.push(take);
    return;
  }
  const takers = [take];
  takersByServer.set(server, takers);
  server.on(
    "upgrade",
    upgradeListener((...upgrade) => takers.some((one) => one(...upgrade))),
  );
}

/** How many listeners a server's upgrades have; undefined when others than ours are among them. */
function ourListenersOf(server: unknown): number | undefined {
  if (typeof server !== "object" || server === null || !("listeners" in server)) return undefined;
  const listeners = (server as Pick<Server, "listeners">).listeners("upgrade");
  return listeners.every((listener) => ourListeners.has(listener)) ? listeners.length : undefined;
}
