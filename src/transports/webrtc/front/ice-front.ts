import { type Clock, systemClock } from "../../../async/clock.ts";
import type { IceCandidate } from "../../../protocol/sdp/candidate.ts";
import { frontCandidate } from "./front-candidate.ts";
import { FrontPeer } from "./front-peer.ts";
import type { FrontPorts } from "./front-ports.ts";
import { type Front, type SharedFronts, processFronts } from "./shared-fronts.ts";
import { TcpFront } from "./tcp-front.ts";
import { UdpFront, type UdpFrontOptions } from "./udp-front.ts";

export interface IceFrontOptions extends FrontPorts {
  /** This end's ICE credentials for the peer. */
  readonly local: { readonly iceUfrag: string; readonly icePwd: string };
  /** Where the engine receives the peer's packets. */
  readonly hosts: readonly IceCandidate[];
  /** @internal Replaced in tests. */
  readonly clock?: Clock;
  /** @internal Replaced in tests. */
  readonly fronts?: SharedFronts;
}

/** Addresses of the machine that a front is opened at. */
const MAX_ADDRESSES = 8;

/** What one peer has of the fronts of this process. */
export class IceFront {
  /** To be told to the peer besides the engine's. */
  readonly candidates: readonly IceCandidate[];
  readonly #onClose: () => void;
  #closed = false;

  /** Never rejects: where no port is free there are no candidates, and the peer has the engine's own. */
  static async open(options: IceFrontOptions): Promise<IceFront> {
    const { udpPorts, tcpPort, hosts, clock = systemClock, fronts = processFronts } = options;
    const usable = hosts.filter(isUsable).slice(0, MAX_ADDRESSES);
    const [engine] = usable;
    if (!engine || (udpPorts.length === 0 && tcpPort === undefined)) return new IceFront([], () => undefined);
    const peer = new FrontPeer({ ...options.local, engine, clock });
    if (!fronts.add(peer)) return new IceFront([], () => undefined);
    const leased = await Promise.all(
      usable.flatMap((host) =>
        openings(host, { udpPorts, tcpPort }, { peerOf: fronts.peerOf, clock }).map(async ({ key, open }) => ({
          host,
          lease: await fronts.lease(key, open),
        })),
      ),
    );
    const candidates = leased.flatMap(({ host, lease: { front } }) => (front ? [frontCandidate(host, front)] : []));
    return new IceFront(candidates, () => {
      fronts.remove(peer);
      peer.close();
      for (const { lease } of leased) lease.release();
    });
  }

  private constructor(candidates: readonly IceCandidate[], onClose: () => void) {
    this.candidates = candidates;
    this.#onClose = onClose;
  }

  /** Ends the peer's ways through them. Harmless when repeated. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#onClose();
  }
}

/** The fronts that are wanted at an address, by the names that they are shared under. */
function openings(
  { address }: IceCandidate,
  { udpPorts, tcpPort }: FrontPorts,
  shared: Pick<UdpFrontOptions, "peerOf" | "clock">,
): { readonly key: string; readonly open: () => Promise<Front | undefined> }[] {
  const udp = () => UdpFront.open({ address, ports: udpPorts, ...shared });
  const tcp = (port: number) => () => TcpFront.open({ address, port, ...shared });
  return [
    ...(udpPorts.length > 0 ? [{ key: `udp ${address} ${udpPorts.join(" ")}`, open: udp }] : []),
    ...(tcpPort === undefined ? [] : [{ key: `tcp ${address} ${tcpPort}`, open: tcp(tcpPort) }]),
  ];
}

/** Link-local addresses would need a zone, and no relay reaches them. */
function isUsable({ type, protocol, addressFamily, address }: IceCandidate): boolean {
  return type === "host" && protocol === "udp" && addressFamily !== "name" && !/^fe[89ab]/i.test(address);
}
