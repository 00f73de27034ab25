import type { PeerConnection } from "node-datachannel";
import { FastRtcError, toError } from "../../errors.ts";
import { engineIceServer } from "./engine-ice-server.ts";
import { engineLibrary } from "./engine-library.ts";
import type { UdpIceServer } from "./ice-servers.ts";
import { defaultBindAddress } from "./local-address.ts";

export interface EnginePeerOptions {
  /**
   * Asked for reflexive and relayed candidates. Hosts must be IP addresses: a name would be resolved on a native thread.
   * The engine asks 1 STUN and 2 TURN servers of them. @default []
   */
  readonly iceServers?: readonly UdpIceServer[];
  /** UDP ports to choose from, both inclusive. @default any */
  readonly portRange?: { readonly begin: number; readonly end: number } | undefined;
  /** Serves all peers through this one UDP port; TURN cannot be used with it. @default a port per peer */
  readonly udpMuxPort?: number | undefined;
  /** The local address to use, and the only host candidate then. @default all but loopback, or loopback if there is no other */
  readonly bindAddress?: string | undefined;
  /** Largest data channel message accepted, in bytes. @default 262144 */
  readonly maxMessageSize?: number;
}

/**
 * A connection of the engine that answers offers by itself.
 * @throws {FastRtcError} `invalid_option` for options that cannot be used.
 */
export function createEnginePeer(options: EnginePeerOptions): PeerConnection {
  const {
    iceServers = [],
    portRange,
    udpMuxPort,
    bindAddress = defaultBindAddress(),
    maxMessageSize = 262_144,
  } = options;
  const ports = udpMuxPort === undefined ? portRange : { begin: udpMuxPort, end: udpMuxPort };
  if (ports && !(isPort(ports.begin) && isPort(ports.end) && ports.begin <= ports.end)) {
    throw new FastRtcError(
      "invalid_option",
      "A UDP port is a whole number from 1 to 65535, and a range begins with the lower one.",
    );
  }
  const { PeerConnection } = engineLibrary();
  try {
    return new PeerConnection("peer", {
      iceServers: iceServers.map(engineIceServer),
      enableIceUdpMux: udpMuxPort !== undefined,
      maxMessageSize,
      ...(ports && { portRangeBegin: ports.begin, portRangeEnd: ports.end }),
      ...(bindAddress !== undefined && { bindAddress }),
    });
  } catch (thrown) {
    const { message } = toError(thrown);
    throw new FastRtcError("invalid_option", `The WebRTC options cannot be used: ${message}`, { cause: thrown });
  }
}

/**
 * The engine's answer to an offer.
 * @throws {FastRtcError} `port_in_use` when no UDP port can be opened, `invalid_sdp` when the offer is at fault.
 */
export function engineAnswer(peer: PeerConnection, offer: string): string {
  try {
    // It answers by itself. Asked to by setLocalDescription, it would end the process when no socket can be opened.
    peer.setRemoteDescription(offer, "offer");
    const answer = peer.localDescription();
    if (answer) return answer.sdp;
    throw new Error("the engine gives no answer");
  } catch (thrown) {
    const { message } = toError(thrown);
    // The engine has words for its own trouble with sockets; everything else is the offer's fault.
    if (/gather|ICE agent|ICE transport initialization/.test(message)) {
      throw new FastRtcError(
        "port_in_use",
        "No UDP port could be opened for a WebRTC connection: the port or port range is taken, bindAddress is not one of this machine, or too many files are open.",
        { cause: thrown },
      );
    }
    throw new FastRtcError("invalid_sdp", `The offer's transport cannot be used: ${message}`, { cause: thrown });
  }
}

function isPort(number: number): boolean {
  return Number.isInteger(number) && number >= 1 && number <= 65_535;
}
