import type { VNode } from "preact";
import type { LiveStats, Modality, Mode } from "../../src/client/index.ts";
import type { Turn } from "./stream-state.ts";
import { formatBitrate, formatMilliseconds, formatShare, formatWhole } from "./figures.ts";

interface StatsLineProps {
  stats: LiveStats | undefined;
  modality: Modality;
  mode: Mode;
  turn: Turn | undefined;
}

/** How the stream does, once a second. Its place is kept while there is nothing to tell. */
export function StatsLine({ stats, modality, mode, turn }: StatsLineProps): VNode {
  return (
    <dl class="stats" data-visible={stats !== undefined} aria-label="Statistics">
      {modality !== "audio" && (
        <>
          <Figure name="Frames" value={`${formatWhole(stats?.framesPerSecond)} fps`} />
          <Figure name="Picture" value={`${formatWhole(stats?.width)} × ${formatWhole(stats?.height)}`} />
        </>
      )}
      {turn?.answerMs !== undefined && <Figure name="Pause to answer" value={formatMilliseconds(turn.answerMs)} />}
      <Figure name="Round trip" value={`${formatWhole(stats?.roundTripMs)} ms`} />
      {mode !== "send" && <Figure name="In" value={formatBitrate(stats?.inboundBitrate)} />}
      {mode !== "receive" && <Figure name="Out" value={formatBitrate(stats?.outboundBitrate)} />}
      <Figure name="Codec" value={stats?.codecs.join(", ") || "–"} />
      {mode !== "receive" && <ServerFigures server={stats?.server} modality={modality} />}
    </dl>
  );
}

/** How it does on the server's side: what arrived there of what is sent, and what is done with it. */
function ServerFigures({ server, modality }: { server: LiveStats["server"]; modality: Modality }): VNode {
  return (
    <>
      {modality !== "audio" && <Figure name="Arrived" value={`${formatWhole(server?.receivedFps)} fps`} />}
      <Figure name="Lost" value={formatShare(server?.fractionLost)} />
      {modality !== "audio" && <Figure name="Handler" value={formatMilliseconds(server?.handlerMs)} />}
    </>
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
