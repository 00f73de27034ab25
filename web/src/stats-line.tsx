import type { VNode } from "preact";
import type { LiveStats, Modality, Mode } from "../../src/client/index.ts";
import { formatBitrate, formatShare, formatWhole } from "./figures.ts";

interface StatsLineProps {
  stats: LiveStats | undefined;
  modality: Modality;
  mode: Mode;
}

/** How the stream does, once a second. Its place is kept while there is nothing to tell. */
export function StatsLine({ stats, modality, mode }: StatsLineProps): VNode {
  return (
    <dl class="stats" data-visible={stats !== undefined} aria-label="Statistics">
      {modality !== "audio" && (
        <>
          <Figure name="Frames" value={`${formatWhole(stats?.framesPerSecond)} fps`} />
          {mode !== "receive" && (
            <Figure name="At the server" value={`${formatWhole(stats?.server?.receivedFps)} fps`} />
          )}
          <Figure name="Picture" value={`${formatWhole(stats?.width)} × ${formatWhole(stats?.height)}`} />
        </>
      )}
      <Figure name="Round trip" value={`${formatWhole(stats?.roundTripMs)} ms`} />
      {mode !== "receive" && <Figure name="Lost" value={formatShare(stats?.server?.fractionLost)} />}
      {modality !== "audio" && mode !== "receive" && (
        <Figure name="Handler" value={`${formatWhole(stats?.server?.handlerMs)} ms`} />
      )}
      {mode !== "send" && <Figure name="In" value={formatBitrate(stats?.inboundBitrate)} />}
      {mode !== "receive" && <Figure name="Out" value={formatBitrate(stats?.outboundBitrate)} />}
      <Figure name="Codec" value={stats?.codecs.join(", ") || "–"} />
    </dl>
  );
}

function Figure({ name, value }: { name: string; value: string }): VNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd dir="auto">{value}</dd>
    </div>
  );
}
