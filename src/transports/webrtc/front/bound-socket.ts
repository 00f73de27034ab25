import { type Socket, createSocket } from "node:dgram";
import { isIPv6 } from "node:net";

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
