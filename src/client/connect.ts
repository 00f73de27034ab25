import { systemClock } from "../async/clock.ts";
import type { ConnectOptions } from "./connect-options.ts";
import { Connection } from "./connection.ts";
import { mediaDevices } from "./devices.ts";

/**
 * Connects to a stream at the path it is mounted under, relative to the page or absolute. Returns at once, so that
 * listeners can be set before anything happens; every failure arrives as a `closed` state.
 *
 * ```ts
 * const connection = connect("./");
 * connection.on("output", (stream) => { video.srcObject = stream; });
 * ```
 */
export function connect(url: string | URL, options: ConnectOptions = {}): Connection {
  return new Connection(offerUrl(url), options, {
    createPeerConnection: (configuration) => new RTCPeerConnection(configuration),
    createMediaStream: () => new MediaStream(),
    mediaDevices: typeof navigator === "undefined" ? undefined : mediaDevices(),
    fetch: (input, init) => fetch(input, init),
    clock: systemClock,
    networkEvents: globalThis,
    ...options.browser,
  });
}

function offerUrl(url: string | URL): URL {
  const base = new URL(url, typeof location === "undefined" ? undefined : location.href);
  if (!base.pathname.endsWith("/")) base.pathname += "/";
  return new URL("webrtc/offer", base);
}
