import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { AudioLevels } from "./audio-levels.tsx";
import { OwnPicture } from "./own-picture.tsx";
import { deviceConstraints, type PageConfig } from "./page-config.ts";
import { RemotePicture } from "./remote-picture.tsx";
import { StageNotice } from "./stage-notice.tsx";
import { StageStatus } from "./stage-status.tsx";
import type { StreamState } from "./stream-state.ts";

interface StageProps {
  config: PageConfig;
  state: StreamState;
  onFirstPicture: () => void;
  onWayOut: (relaxed: boolean) => void;
}

/** The large surface: what comes back, one's own picture in its corner, or a notice in place of both. */
export function Stage({ config, state, onFirstPicture, onWayOut }: StageProps): VNode {
  const { phase, input, output } = state;
  const [ratio, setRatio] = useState(() => wantedRatio(config));
  const hasVideo = config.modality !== "audio";
  const isLive = phase.type === "live";
  const shows = isLive && (config.mode === "send" || phase.hasPicture);

  return (
    <section
      class="stage"
      data-phase={phase.type}
      data-shows={shows}
      data-modality={config.modality}
      style={{ "--ratio": ratio }}
      aria-label="Stream"
    >
      {output && hasVideo && (
        <RemotePicture
          stream={output}
          isVisible={shows}
          muted={config.modality === "video"}
          onFirstPicture={onFirstPicture}
          onRatio={setRatio}
        />
      )}
      {!hasVideo && (input ?? output) && (
        <AudioLevels input={input} output={output} isVisible={shows} onFirstSound={onFirstPicture} />
      )}
      {input && hasVideo && <OwnPicture key={input.id} stream={input} isLarge={config.mode === "send"} />}
      {!shows && <StageNotice phase={phase} modality={config.modality} mode={config.mode} onWayOut={onWayOut} />}
      <StageStatus phase={phase} timeLimit={config.timeLimit} />
    </section>
  );
}

/** The shape of the picture that was asked for, so that the stage rarely changes its own once the first one comes. */
function wantedRatio(config: PageConfig): number {
  if (config.modality === "audio") return 16 / 9;
  const { width, height } = deviceConstraints(config, "video");
  const [across, down] = [wantedNumber(width), wantedNumber(height)];
  return across && down ? across / down : 4 / 3;
}

function wantedNumber(wish: ConstrainULong | undefined): number | undefined {
  if (typeof wish !== "object") return wish;
  return wish.exact ?? wish.ideal ?? wish.min ?? wish.max;
}
