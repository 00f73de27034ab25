import type { ServerStats } from "../protocol/server-stats.ts";
import type { SessionStats } from "./session-stats.ts";

/** What a visitor is told of the statistics of its own session. */
export function visitorStats({ inbound, outbound, processing, roundTripMs }: SessionStats): ServerStats {
  return {
    receivedFps: inbound.video?.fps,
    sentFps: outbound.video?.fps,
    fractionLost: fractionLost([inbound.video, inbound.audio].filter((stream) => stream !== undefined)),
    roundTripMs,
    decodeMs: processing.decode?.meanMs,
    queueMs: processing.queue?.meanMs,
    handlerMs: processing.handler?.meanMs,
    encodeMs: processing.encode?.meanMs,
  };
}

/** That of the stream which fares worse: the other's many packets must not hide it. */
function fractionLost(streams: readonly { readonly fractionLost: number }[]): number | undefined {
  return streams.length === 0 ? undefined : Math.max(...streams.map((stream) => stream.fractionLost));
}
