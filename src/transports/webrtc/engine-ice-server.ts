import type { IceServer } from "node-datachannel";
import type { UdpIceServer } from "./ice-servers.ts";

/** A server in the engine's own words. */
export function engineIceServer(server: UdpIceServer): IceServer {
  const { host: hostname, port } = server;
  if (server.type === "stun") return { hostname, port };
  return { hostname, port, username: server.username, password: server.credential, relayType: "TurnUdp" };
}
