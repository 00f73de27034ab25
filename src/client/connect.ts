import { systemTimer } from "../async/clock.ts";
import type { ConnectOptions } from "./connect-options.ts";
import { Connection } from "./connection.ts";
import { mediaDevices } from "./devices.ts";
import { openSoundDevice } from "./sound/sound-device.ts";
import type { TypedStream } from "./stream-types.ts";

/**
 * Connects to a stream at the path it is mounted under, relative to the page or absolute. Returns at once, so that
 * listeners can be set before anything happens; every failure arrives as a `closed` state, but for a URL that is none, which is a `TypeError`.
 *
 * ```ts
 * const connection = connect("./");
 * connection.on("output", (stream) => { video.srcObject = stream; });
 * ```
 *
 * With the type of the server's Stream, `connect<typeof stream>(…)`, its inputs and outputs have their types.
 */
export function connect<S extends TypedStream = TypedStream>(
  url: string | URL,
  ...[options]: object extends ConnectOptions<S> ? [options?: ConnectOptions<S>] : [options: ConnectOptions<S>]
): Connection<S> {
  // Within, one connection is like the other.
  const given = (options ?? {}) as ConnectOptions;
  const connection = new Connection(baseUrl(url), given, {
    createPeerConnection:
      typeof RTCPeerConnection === "undefined" ? undefined : (configuration) => new RTCPeerConnection(configuration),
    createWebSocket: (address) => new WebSocket(address),
    openSound: openSoundDevice,
    createMediaStream: () => new MediaStream(),
    mediaDevices: typeof navigator === "undefined" ? undefined : mediaDevices(),
    fetch: (input, init) => fetch(input, init),
    clock: systemTimer,
    networkEvents: globalThis,
    ...given.browser,
  });
  return connection as unknown as Connection<S>;
}

function baseUrl(url: string | URL): URL {
  const base = new URL(url, typeof location === "undefined" ? undefined : location.href);
  if (!base.pathname.endsWith("/")) base.pathname += "/";
  return base;
}
