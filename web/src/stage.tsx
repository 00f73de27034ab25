import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { OwnPicture } from "./own-picture.tsx";
import { deviceConstraints, type PageConfig } from "./page-config.ts";
import { RemotePicture } from "./remote-picture.tsx";
import { SoundPlayer } from "./sound-player.tsx";
import { StageNotice } from "./stage-notice.tsx";
import { StageStatus } from "./stage-status.tsx";
import type { StreamState } from "./stream-state.ts";
import { buttonLabel } from "./stream-words.ts";
import { VoiceIcon } from "./voice-icon.tsx";
import { VoiceWave } from "./voice-wave.tsx";

export interface StageProps {
  config: PageConfig;
  state: StreamState;
  isMuted: boolean;
  speakerId: string | undefined;
  onFirstPicture: () => void;
  onWayOut: (relaxed: boolean) => void;
  /** The button was pressed that starts and ends the stream, where it stands on the stage. */
  onPress: () => void;
}

/** The large surface: what comes back, one's own picture in its corner, both voices, or a notice in place of them. */
export function Stage({ config, state, isMuted, speakerId, onFirstPicture, onWayOut, onPress }: StageProps): VNode {
  const { phase, input, output } = state;
  const { ui, modality, mode } = config;
  const [ratio, setRatio] = useState(() => wantedRatio(config));
  const hasVideo = modality !== "audio";
  const isLive = phase.type === "live";
  const shows = isLive && (!hasVideo || mode === "send" || phase.hasPicture);
  const icon = hasVideo ? null : ui.icon;

  return (
    <section
      class="stage"
      data-phase={phase.type}
      data-shows={shows}
      data-modality={modality}
      data-interrupted={isLive && phase.interrupted}
      style={{ "--ratio": ratio }}
      aria-label="Stream"
    >
      {output && hasVideo && (
        <RemotePicture
          stream={output}
          isVisible={shows}
          muted={modality === "video"}
          speakerId={speakerId}
          onFirstPicture={onFirstPicture}
          onRatio={setRatio}
        />
      )}
      {output && !hasVideo && <SoundPlayer stream={output} speakerId={speakerId} onFirstSound={onFirstPicture} />}
      {shows && !hasVideo && icon === null && <VoiceWave input={input} output={output} isMuted={isMuted} />}
      {icon !== null && (
        <VoiceIcon
          ui={ui}
          icon={icon}
          input={input}
          output={output}
          isRunning={phase.type !== "idle"}
          isBusy={phase.type === "connecting"}
          isDisabled={phase.type === "idle" && phase.problem?.wayOut === "none"}
          label={buttonLabel(ui, mode, phase)}
          onPress={onPress}
        />
      )}
      {input && hasVideo && <OwnPicture key={input.id} stream={input} isLarge={mode === "send"} />}
      {!shows && (
        <StageNotice
          phase={phase}
          modality={modality}
          mode={mode}
          start={buttonLabel(ui, mode, { type: "idle", note: undefined, problem: undefined })}
          isBrief={icon !== null}
          waits={ui.remoteOpen}
          onWayOut={onWayOut}
        />
      )}
      <StageStatus phase={phase} timeLimit={config.timeLimit} stopWord={state.stopWord} />
    </section>
  );
}

/** The shape of the picture that was asked for, so that the stage rarely changes its own once the first one comes. */
function wantedRatio(config: PageConfig): number {
  if (config.modality === "audio") return 2;
  const { width, height } = deviceConstraints(config, "video");
  const [across, down] = [wantedNumber(width), wantedNumber(height)];
  return across && down ? across / down : 4 / 3;
}

function wantedNumber(wish: ConstrainULong | undefined): number | undefined {
  if (typeof wish !== "object") return wish;
  return wish.exact ?? wish.ideal ?? wish.min ?? wish.max;
}
