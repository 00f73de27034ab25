import type { Clock } from "../../async/clock.ts";
import { toError } from "../../errors.ts";
import type { UdpIceServer } from "./ice-servers.ts";
import type { PacketTransport } from "./packet-transport.ts";

/** What asking a STUN or TURN server came to. */
export type ProbeOutcome =
  | { readonly type: "candidate"; readonly afterMs: number }
  /** It answered, and there is nothing to gain from it: this machine has a public address, say. */
  | { readonly type: "no-candidate" }
  /** A TURN server that gave no relay: it does not take these credentials. */
  | { readonly type: "refused" }
  | { readonly type: "silent" };

export interface GatheringPolicyOptions {
  readonly clock: Clock;
  /** Asks a server, whose host is an IP address, for a candidate. */
  readonly probe: (server: UdpIceServer) => Promise<ProbeOutcome>;
  /** The IP address of a host name, or `undefined`. */
  readonly resolveHost: (host: string) => Promise<string | undefined>;
  /** Told once about each server that does not work, for the log. */
  readonly onWarning: (message: string) => void;
  /** Longest wait of an answer for candidates, in milliseconds. @default 250 */
  readonly maxWaitMs?: number;
}

/** What one connection does about reflexive and relayed candidates. */
export interface GatheringPlan {
  /** The servers to give to the packet transport, by address. */
  readonly iceServers: readonly UdpIceServer[];
  readonly waitFor: readonly ("srflx" | "relay")[];
  readonly waitMs: number;
}

interface ServerRecord {
  readonly address: string | undefined;
  readonly outcome: ProbeOutcome;
  readonly atMs: number;
}

/** Servers remembered at a time: a function that makes up new hosts for each peer must not fill the memory. */
const MAX_RECORDS = 64;
/** How long a server that did not work is left alone. */
const RETRY_MS = 60_000;
/** How long an answer of a server is believed. */
const REFRESH_MS = 600_000;
/** The engine asks one STUN server and two TURN servers. */
const MAX_STUN = 1;
const MAX_TURN = 2;
/** A wait allows for a server this much slower than when it was asked. */
const PATIENCE = 3;
const PATIENCE_MS = 20;

/**
 * Decides for which reflexive and relayed candidates an answer waits. The protocol has no way to send candidates to the client
 * later, so behind a NAT they must be in the answer; but an unreachable server must not delay anyone, and
 * gathering from one takes 23.5 s. So servers are asked beforehand, in the background: those that answered are waited for, for
 * about as long as they took, all others are left out until a later try succeeds.
 */
export class GatheringPolicy {
  readonly #options: Required<GatheringPolicyOptions>;
  readonly #records = new Map<string, ServerRecord>();
  readonly #asking = new Map<string, Promise<void>>();

  constructor(options: GatheringPolicyOptions) {
    this.#options = { maxWaitMs: 250, ...options };
  }

  /** Asks those servers that nothing recent is known of. Call it at start, to know before the first peer comes; it never rejects. */
  async learn(servers: readonly UdpIceServer[]): Promise<void> {
    const now = this.#options.clock.nowMs();
    await Promise.all(servers.map((server) => this.#ask(server, now)));
  }

  /** The plan for one connection. What is not known well is asked in the background, for later ones. */
  plan(servers: readonly UdpIceServer[]): GatheringPlan {
    void this.learn(servers);
    const useful = servers
      .flatMap((server) => {
        const record = this.#records.get(keyOf(server));
        if (!record?.address || record.outcome.type !== "candidate") return [];
        return [{ server: { ...server, host: record.address }, afterMs: record.outcome.afterMs }];
      })
      .toSorted((a, b) => a.afterMs - b.afterMs);
    const stun = useful.filter(({ server }) => server.type === "stun").slice(0, MAX_STUN);
    const turn = useful.filter(({ server }) => server.type === "turn").slice(0, MAX_TURN);
    const slowestMs = Math.max(0, ...[...stun, ...turn.slice(0, 1)].map(({ afterMs }) => afterMs));
    return {
      iceServers: [...stun, ...turn].map(({ server }) => server),
      waitFor: [...(stun.length > 0 ? (["srflx"] as const) : []), ...(turn.length > 0 ? (["relay"] as const) : [])],
      waitMs: Math.min(this.#options.maxWaitMs, Math.ceil(slowestMs * PATIENCE + PATIENCE_MS)),
    };
  }

  /** Waits for what the plan waits for. A server that fails is not waited for again until it has been asked anew. */
  async gather(
    transport: Pick<PacketTransport, "candidatesFound" | "localCandidates" | "state">,
    plan: GatheringPlan,
  ): Promise<void> {
    if (plan.waitFor.length === 0) return;
    await transport.candidatesFound(plan.waitFor, plan.waitMs);
    if (transport.state === "closed") return;
    const missing = plan.waitFor.filter(
      (type) => !transport.localCandidates.some((candidate) => candidate.type === type),
    );
    for (const server of plan.iceServers) {
      if (missing.includes(server.type === "stun" ? "srflx" : "relay")) this.#forget(server);
    }
  }

  async #ask(server: UdpIceServer, nowMs: number): Promise<void> {
    const key = keyOf(server);
    const known = this.#records.get(key);
    if (known) {
      const lasts = known.outcome.type === "candidate" || known.outcome.type === "no-candidate" ? REFRESH_MS : RETRY_MS;
      if (nowMs - known.atMs < lasts) return;
    }
    let asking = this.#asking.get(key);
    if (!asking) {
      if (this.#asking.size >= MAX_RECORDS) return;
      asking = this.#probe(server, key).finally(() => this.#asking.delete(key));
      this.#asking.set(key, asking);
    }
    await asking;
  }

  async #probe(server: UdpIceServer, key: string): Promise<void> {
    let address: string | undefined;
    let outcome: ProbeOutcome = { type: "silent" };
    try {
      address = await this.#options.resolveHost(server.host);
      if (address !== undefined) outcome = await this.#options.probe({ ...server, host: address });
    } catch (thrown) {
      this.#options.onWarning(`Asking the ${describe(server)} failed: ${toError(thrown).message}`);
    }
    this.#warn(server, key, address, outcome);
    this.#records.delete(key); // The map keeps the order of the newest answers.
    this.#records.set(key, { address, outcome, atMs: this.#options.clock.nowMs() });
    for (const oldest of this.#records.keys()) {
      if (this.#records.size <= MAX_RECORDS) break;
      this.#records.delete(oldest);
    }
  }

  #warn(server: UdpIceServer, key: string, address: string | undefined, outcome: ProbeOutcome): void {
    const before = this.#records.get(key);
    if (before && before.outcome.type === outcome.type) return;
    if (address === undefined) {
      this.#options.onWarning(
        `The name of the ${describe(server)} could not be resolved; connections are made without it.`,
      );
    } else if (outcome.type === "silent") {
      this.#options.onWarning(`The ${describe(server)} does not answer; connections are made without it.`);
    } else if (outcome.type === "refused") {
      this.#options.onWarning(
        `The ${describe(server)} gave no relay: check its username and credential. Connections are made without it.`,
      );
    }
  }

  #forget(server: UdpIceServer): void {
    for (const [key, { address }] of this.#records) {
      if (key.startsWith(`${server.type} `) && key.endsWith(` ${server.port}`) && address === server.host)
        this.#records.delete(key);
    }
  }
}

function keyOf({ type, host, port }: UdpIceServer): string {
  return `${type} ${host} ${port}`;
}

function describe({ type, host, port }: UdpIceServer): string {
  return `${type.toUpperCase()} server ${host}:${port}`;
}
