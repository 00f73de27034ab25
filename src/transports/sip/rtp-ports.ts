import { type Socket, createSocket } from "node:dgram";
import { once } from "node:events";
import { isIPv6 } from "node:net";
import { FastRtcError, toError } from "../../errors.ts";

/** How many pairs are tried where any port will do. */
const ATTEMPTS = 20;

/** Two ports, one for sound and the next one for reports about it (RFC 3550 §11). */
export interface RtpPorts {
  readonly rtp: Socket;
  readonly rtcp: Socket;
}

/**
 * Opens a pair of ports, the first of them even.
 * @param range The first and the last that may be used; `undefined` for any.
 * @throws {FastRtcError} `port_in_use` when none is free.
 */
export async function openRtpPorts(
  address: string,
  range: readonly [first: number, last: number] | undefined,
  random: (below: number) => number,
): Promise<RtpPorts> {
  if (range) return openWithin(address, range, random);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const first = await bind(address, 0);
    const { port } = first.address();
    const pair = port % 2 === 0 && port < 65_535 ? await withNext(first, address, port + 1) : undefined;
    if (pair) return pair;
    await closed(first);
  }
  throw noneFree(`${ATTEMPTS} tries`);
}

async function openWithin(
  address: string,
  [first, last]: readonly [number, number],
  random: (below: number) => number,
): Promise<RtpPorts> {
  const even = first + (first % 2);
  const count = Math.floor((last - even + 1) / 2);
  // One that was in use lately may still be sent to.
  const begin = count > 0 ? random(count) : 0;
  for (let index = 0; index < count; index += 1) {
    const port = even + 2 * ((begin + index) % count);
    try {
      const rtp = await bind(address, port);
      const pair = await withNext(rtp, address, port + 1);
      if (pair) return pair;
      await closed(rtp);
    } catch (thrown) {
      if ((toError(thrown) as NodeJS.ErrnoException).code !== "EADDRINUSE") throw thrown;
    }
  }
  throw noneFree(`rtpPorts [${first}, ${last}]`);
}

async function withNext(rtp: Socket, address: string, port: number): Promise<RtpPorts | undefined> {
  try {
    return { rtp, rtcp: await bind(address, port) };
  } catch (thrown) {
    if ((toError(thrown) as NodeJS.ErrnoException).code === "EADDRINUSE") return undefined;
    await closed(rtp);
    throw thrown;
  }
}

async function bind(address: string, port: number): Promise<Socket> {
  const socket = createSocket({ type: isIPv6(address) ? "udp6" : "udp4" });
  socket.bind(port, address);
  try {
    await once(socket, "listening");
    return socket;
  } catch (thrown) {
    socket.close();
    throw thrown;
  }
}

async function closed(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => socket.close(() => resolve()));
}

function noneFree(where: string): FastRtcError {
  return new FastRtcError("port_in_use", `No two UDP ports in a row are free for a call's sound, by ${where}.`);
}
