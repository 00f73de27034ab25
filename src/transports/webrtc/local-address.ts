import { type NetworkInterfaceInfo, networkInterfaces } from "node:os";

/**
 * The address to bind to when none was asked for: loopback if the machine has no other, because ICE leaves loopback out
 * otherwise (RFC 8445 section 5.1.1.1) and nothing could connect; `undefined` for all addresses.
 */
export function defaultBindAddress(
  interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>> = networkInterfaces(),
): string | undefined {
  const addresses = Object.values(interfaces).flatMap((list) => list ?? []);
  const routable = addresses.some(({ internal, address }) => !internal && !/^fe[89ab]/i.test(address));
  return routable ? undefined : "127.0.0.1";
}
