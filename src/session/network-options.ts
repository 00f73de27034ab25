import { isIP } from "node:net";
import { z } from "zod";
import { FastRtcError } from "../errors.ts";

/** Where WebRTC peers reach this machine: for servers behind NAT, in containers, and behind firewalls. */
export interface NetworkOptions {
  /**
   * IPv4 and IPv6 addresses under which peers reach this machine, where it does not have them itself: NAT that maps
   * addresses one to one, port by port, as clouds and `docker run -p` do. Peers are told them ahead of the machine's own.
   * @default none
   */
  publicAddresses?: readonly string[];
  /** The lowest and the highest UDP port to use, both inclusive. Each peer takes one of its own. @default any */
  portRange?: readonly [first: number, last: number];
  /**
   * One UDP port for all peers, so that a firewall or container opens a single one. This side then uses no
   * TURN server; peers still may. @default a port per peer
   */
  udpPort?: number;
  /**
   * The UDP port for peers whose own way to their TURN server is TCP or TLS. All of them share it, of several Streams of a process too, and
   * no others use it. @default with udpPort none, and such peers do not get through; else one of portRange or any, as soon as
   *   a configuration names such a server or a peer has had a relay
   */
  relayPort?: number;
  /**
   * A TCP port for peers to whose network UDP is closed, of several Streams of a process too: ICE over TCP, as Chromium and others know
   * it. Peers that UDP reaches do not use it. @default none
   */
  tcpPort?: number;
  /** The machine's own address to use, IPv4 or IPv6, and no other. @default all, loopback only where there is no other */
  bindAddress?: string;
}

const port = (what: string) =>
  z
    .int({ error: `${what} is a whole number from 1 to 65535` })
    .min(1, { error: `${what} is at least 1` })
    .max(65_535, {
      error: `${what} is at most 65535`,
    });
const address = z.string().refine((text) => isIP(text) !== 0, {
  error: "an IPv4 or IPv6 address such as 203.0.113.7; names are not looked up",
});

/** Checks `network`. */
export const networkOptionsSchema = z
  .strictObject({
    publicAddresses: z.array(address).max(16, { error: "at most 16 addresses" }).optional(),
    portRange: z
      .tuple([port("a UDP port"), port("a UDP port")], { error: "the first and the last port, such as [50000, 50100]" })
      .refine(([first, last]) => first <= last, { error: "the first port must not be above the last" })
      .optional(),
    udpPort: port("udpPort").optional(),
    relayPort: port("relayPort").optional(),
    tcpPort: port("tcpPort").optional(),
    bindAddress: address.optional(),
  })
  .refine(({ portRange, udpPort }) => portRange === undefined || udpPort === undefined, {
    error: "portRange gives each peer a port, udpPort one port to all of them: set only one of the two",
  })
  .refine(({ relayPort, udpPort }) => relayPort === undefined || relayPort !== udpPort, {
    error: "relayPort is a second port: it cannot be udpPort",
  });

/** Checked: see `NetworkOptions`. */
export type ResolvedNetworkOptions = z.output<typeof networkOptionsSchema>;

/**
 * The same from variables of the environment, for containers: FASTRTC_PUBLIC_ADDRESSES (with commas between),
 * FASTRTC_UDP_PORT_RANGE ("50000-50100"), FASTRTC_UDP_PORT, FASTRTC_RELAY_PORT, FASTRTC_TCP_PORT
 * and FASTRTC_BIND_ADDRESS.
 * @throws {FastRtcError} `invalid_option` for what cannot be used.
 */
export function networkFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): ResolvedNetworkOptions {
  const read = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const [addresses, range, udpPort, relayPort, tcpPort, bindAddress] = [
    read("FASTRTC_PUBLIC_ADDRESSES"),
    read("FASTRTC_UDP_PORT_RANGE"),
    read("FASTRTC_UDP_PORT"),
    read("FASTRTC_RELAY_PORT"),
    read("FASTRTC_TCP_PORT"),
    read("FASTRTC_BIND_ADDRESS"),
  ];
  const parsed = networkOptionsSchema.safeParse({
    ...(addresses && { publicAddresses: addresses.split(/[\s,]+/) }),
    ...(range && { portRange: range.split("-").map(Number) }),
    ...(udpPort && { udpPort: Number(udpPort) }),
    ...(relayPort && { relayPort: Number(relayPort) }),
    ...(tcpPort && { tcpPort: Number(tcpPort) }),
    ...(bindAddress && { bindAddress }),
  });
  if (parsed.success) return parsed.data;
  throw new FastRtcError(
    "invalid_option",
    `The environment's FASTRTC_… variables for the network cannot be used:\n${z.prettifyError(parsed.error)}`,
  );
}
