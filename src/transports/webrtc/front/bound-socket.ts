import { type Socket, createSocket } from "node:dgram";
import { isIPv6 } from "node:net";

/** Bytes that may wait to be sent; what comes on top is lost, as on any network. */
const MAX_WAITING_BYTES = 1_000_000;

/** A UDP socket at this address and port, 0 for any, or `undefined` when it cannot be had. It sends to addresses, not to names. */
export function boundSocket(address: string, port: number): Promise<Socket | undefined> {
  const socket = createSocket({
    type: isIPv6(address) ? "udp6" : "udp4",
    ipv6Only: isIPv6(address),
    // They are addresses already, and Node would go through a queue of its own for each packet.
    lookup: (host, _options, callback) => callback(null, host, isIPv6(host) ? 6 : 4),
  });
  return new Promise((resolve) => {
    socket.once("error", () => {
      socket.close();
      resolve(undefined);
    });
    socket.bind({ address, port, exclusive: true }, () => {
      socket.removeAllListeners("error");
      resolve(socket);
    });
  });
}

/** Whether a socket takes one more packet: not while too much waits in it. */
export function hasRoom(socket: Socket): boolean {
  return socket.getSendQueueSize() < MAX_WAITING_BYTES;
}

/** Sends a packet, or loses it: so many wait, or the system does not take it. */
export function sendOrLose(socket: Socket, packet: Uint8Array, port: number, address: string): void {
  if (hasRoom(socket)) socket.send(packet, port, address, () => undefined);
}
