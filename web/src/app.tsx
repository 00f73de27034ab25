import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { Controls } from "./controls.tsx";
import { InputPanel, OutputPanel } from "./fields/panels.tsx";
import { useFields } from "./fields/use-fields.ts";
import type { PageConfig } from "./page-config.ts";
import { Stage } from "./stage.tsx";
import { StatsLine } from "./stats-line.tsx";
import { ToastList } from "./toast-list.tsx";
import { useCameras } from "./use-cameras.ts";
import { useStream } from "./use-stream.ts";

export function App({ config }: { config: PageConfig }): VNode {
  const fields = useFields(config);
  const { state, start, stop, switchCamera, reportFirstPicture, dismiss } = useStream(config, fields.attach);
  const cameras = useCameras(state.input);
  const [chosenId, setChosenId] = useState<string>();
  const usesCamera = config.mode !== "receive" && config.modality !== "audio";
  const usedId = state.input?.getVideoTracks()[0]?.getSettings().deviceId;

  return (
    <>
      <main class="page">
        <header class="page-header">
          <h1>{config.ui.title}</h1>
          {typeof config.ui.subtitle === "string" && <p>{config.ui.subtitle}</p>}
        </header>
        <Stage
          config={config}
          state={state}
          onFirstPicture={reportFirstPicture}
          onWayOut={(relaxed) => start({ cameraId: chosenId, relaxed })}
        />
        <Controls
          phase={state.phase}
          mode={config.mode}
          cameras={usesCamera ? cameras : []}
          cameraId={chosenId ?? usedId}
          onCamera={(id) => {
            setChosenId(id);
            switchCamera(id);
          }}
          onStart={() => start({ cameraId: chosenId, relaxed: false })}
          onStop={stop}
        />
        <InputPanel config={config} fields={fields} />
        <OutputPanel config={config} fields={fields} />
        <StatsLine
          stats={state.phase.type === "live" ? state.stats : undefined}
          modality={config.modality}
          mode={config.mode}
        />
      </main>
      <ToastList toasts={state.toasts} onDismiss={dismiss} />
    </>
  );
}
