import type { Clock } from "../../../async/clock.ts";
import type { ResolvedNetworkOptions } from "../../../session/network-options.ts";
import type { UdpIceServer } from "../ice-servers.ts";
import type { PacketTransport } from "../packet-transport.ts";
import { CheckGate } from "./check-gate.ts";
import type { FrontPorts } from "./front-ports.ts";
import { RelayFront } from "./relay-front.ts";

export interface RelayFrontsOptions {
  readonly network?: ResolvedNetworkOptions | undefined;
  readonly frontPorts?: FrontPorts | undefined;
}

const DELAY_MS = 300;

/** The fronts of one peer's TURN servers on this side; none while no peer is known to need a front at all. */
export class RelayFronts {
  /** What the engine is told. */
  readonly iceServers: readonly UdpIceServer[];
  readonly #fronts: readonly RelayFront[];

  static async open(
    iceServers: readonly UdpIceServer[],
    { network, frontPorts }: RelayFrontsOptions,
  ): Promise<RelayFronts> {
    if (!frontPorts?.mendsRelays) return new RelayFronts(iceServers, []);
    const placed = await Promise.all(
      iceServers.map(async (server) => {
        const front = server.type === "turn" ? await RelayFront.open(server, network?.bindAddress) : undefined;
        return { front, server: front?.server ?? server };
      }),
    );
    return new RelayFronts(
      placed.map(({ server }) => server),
      placed.flatMap(({ front }) => front ?? []),
    );
  }

  /** How much longer than without them a relay may take, in milliseconds: four packets more go through the event loop. */
  get delayMs(): number {
    return this.#fronts.length > 0 ? DELAY_MS : 0;
  }

  private constructor(iceServers: readonly UdpIceServer[], fronts: readonly RelayFront[]) {
    this.iceServers = iceServers;
    this.#fronts = fronts;
  }

  /** Lets the packets of this transport through. Call it right after that has been made: it asks its servers at once. */
  serve({ local, localCandidates }: Pick<PacketTransport, "local" | "localCandidates">, clock: Clock): void {
    const port = localCandidates.find(({ type }) => type === "host")?.port;
    if (port === undefined) return;
    const gate = new CheckGate({ ...local, clock });
    for (const front of this.#fronts) front.serve(port, gate);
  }

  close(): void {
    for (const front of this.#fronts) front.close();
  }
}
