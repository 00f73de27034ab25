import type { DataChannel } from "node-datachannel";
import { type Clock, systemClock } from "../../async/clock.ts";
import { engineIceServer } from "./engine-ice-server.ts";
import { engineLibrary } from "./engine-library.ts";
import type { ProbeOutcome } from "./gathering-policy.ts";
import { guardCallback } from "./guard-callback.ts";
import type { UdpIceServer } from "./ice-servers.ts";

export interface ProbeIceServerOptions {
  /** The local address to ask from. @default any */
  readonly bindAddress?: string | undefined;
  /** How long the server may take, in milliseconds. @default 2000 */
  readonly timeoutMs?: number;
  /** @internal Replaced in tests. */
  readonly clock?: Clock;
}

/**
 * Asks a STUN server for a reflexive candidate, or a TURN server for a relayed one, by a connection that goes nowhere.
 * `server.host` is an IP address.
 */
export function probeIceServer(
  server: UdpIceServer,
  { bindAddress, timeoutMs = 2000, clock = systemClock }: ProbeIceServerOptions = {},
): Promise<ProbeOutcome> {
  const wanted = server.type === "stun" ? " typ srflx" : " typ relay";
  const startMs = clock.nowMs();
  return new Promise((resolve, reject) => {
    const peer = new (engineLibrary().PeerConnection)("probe", {
      iceServers: [engineIceServer(server)],
      ...(bindAddress !== undefined && { bindAddress }),
    });
    let channel: DataChannel | undefined;
    let settled = false;
    const settle = (outcome: ProbeOutcome): void => {
      if (settled) return;
      settled = true;
      cancel();
      resolve(outcome);
      // Not from inside one of its own callbacks.
      setImmediate(() => {
        peer.close();
        setImmediate(() => channel?.close());
      });
    };
    const fail = (error: Error): void => {
      reject(error);
      settle({ type: "silent" });
    };
    const cancel = clock.after(timeoutMs, () => settle({ type: "silent" }));
    peer.onStateChange(() => undefined);
    peer.onLocalCandidate(
      guardCallback((line) => {
        if (line.includes(wanted)) settle({ type: "candidate", afterMs: clock.nowMs() - startMs });
      }, fail),
    );
    peer.onGatheringStateChange(
      guardCallback((state) => {
        // Silence would have taken 23.5 s to count as an end. The candidate may be announced after it.
        if (state === "complete")
          setImmediate(() => settle({ type: server.type === "stun" ? "no-candidate" : "refused" }));
      }, fail),
    );
    guardCallback(() => {
      // Makes an offer, and begins to gather. Asked to by setLocalDescription, it would end the process when no socket can be opened.
      channel = peer.createDataChannel("probe");
      channel.onClosed(() => undefined); // The engine frees the channel on this event.
    }, fail)();
  });
}
