import { type Clock, systemClock } from "../../../async/clock.ts";
import type { IceCandidate } from "../../../protocol/sdp/candidate.ts";
import { frontCandidate } from "./front-candidate.ts";
import { FrontPeer } from "./front-peer.ts";
import { type FrontLease, type SharedFronts, processFronts } from "./shared-fronts.ts";
import { UdpFront } from "./udp-front.ts";

export interface IceFrontOptions {
  /** The UDP ports that may be taken, in the order to try them: see `frontPorts`. */
  readonly udpPorts: readonly number[];
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
    const { udpPorts, hosts, clock = systemClock, fronts = processFronts } = options;
    const usable = hosts.filter(isUsable).slice(0, MAX_ADDRESSES);
    const [engine] = usable;
    if (!engine || udpPorts.length === 0) return new IceFront([], () => undefined);
    const peer = new FrontPeer({ ...options.local, engine, clock });
    if (!fronts.add(peer)) return new IceFront([], () => undefined);
    const leases = await Promise.all(
      usable.map(async (host): Promise<{ lease: FrontLease; host: IceCandidate }> => {
        const { address } = host;
        const key = `udp ${address} ${udpPorts.join(" ")}`;
        const open = () => UdpFront.open({ address, ports: udpPorts, peerOf: fronts.peerOf, clock });
        return { host, lease: await fronts.lease(key, open) };
      }),
    );
    const candidates = leases.flatMap(({ host, lease: { front } }) =>
      front ? [frontCandidate(host, front.port)] : [],
    );
    return new IceFront(candidates, () => {
      fronts.remove(peer);
      peer.close();
      for (const { lease } of leases) lease.release();
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

/** Link-local addresses would need a zone, and no relay reaches them. */
function isUsable({ type, protocol, addressFamily, address }: IceCandidate): boolean {
  return type === "host" && protocol === "udp" && addressFamily !== "name" && !/^fe[89ab]/i.test(address);
}
