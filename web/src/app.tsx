import type { VNode } from "preact";
import type { ChosenDevices, DeviceRole } from "./chosen-devices.ts";
import { Captions } from "./captions.tsx";
import { Controls } from "./controls.tsx";
import { DevicePickers } from "./device-pickers.tsx";
import { talkPlaces } from "./fields/field-values.ts";
import { InputPanel, OutputPanel } from "./fields/panels.tsx";
import { useFields } from "./fields/use-fields.ts";
import type { PageConfig } from "./page-config.ts";
import { PageHeader } from "./page-header.tsx";
import { Progress } from "./progress.tsx";
import { Stage, type StageProps } from "./stage.tsx";
import { StatsLine } from "./stats-line.tsx";
import { buttonLabel } from "./stream-words.ts";
import { TalkStage } from "./talk-stage.tsx";
import { TimePanel } from "./time-panel.tsx";
import { ToastList } from "./toast-list.tsx";
import { useDevices } from "./use-devices.ts";
import { useRemoteOpen } from "./use-remote-open.ts";
import { useStream } from "./use-stream.ts";

export function App({ config }: { config: PageConfig }): VNode {
  const { ui, modality, mode } = config;
  const fields = useFields(config);
  const stream = useStream(config, fields.attach);
  const { state, start, stop, switchDevice, isMuted, setMuted, reportFirstPicture, dismiss } = stream;
  const devices = useDevices(state.input);
  const { phase } = state;
  const begin = (relaxed = false): void => start({ devices: devices.chosen, relaxed });
  const press = (): void => (phase.type === "idle" ? begin() : stop());
  useRemoteOpen(ui.remoteOpen && phase.type === "idle" && phase.problem === undefined, () => begin());
  const speaks = mode !== "receive" && modality !== "video";
  const sendsPicture = mode !== "receive" && modality !== "audio";
  const talk = ui.variant === "textbox" && modality === "audio" ? talkPlaces(config) : undefined;
  const stage: StageProps = {
    config,
    state,
    isMuted,
    speakerId: devices.chosen.speaker,
    onFirstPicture: reportFirstPicture,
    onWayOut: begin,
    onPress: press,
  };

  return (
    <>
      <main class="page" data-full-screen={ui.fullScreen} data-phase={phase.type}>
        <PageHeader ui={ui} />
        {talk ? (
          <TalkStage
            {...stage}
            fields={fields}
            places={talk}
            onType={(text) => {
              if (phase.type === "idle") {
                setMuted(true); // Who types has not asked to be heard.
                begin();
              }
              stream.send({ type: "text", data: text });
            }}
          />
        ) : (
          <Stage {...stage} />
        )}
        <Progress progress={state.progress} />
        {talk?.output === undefined && <Captions captions={state.captions} />}
        <Controls
          phase={phase}
          label={talk || (modality === "audio" && ui.icon !== null) ? undefined : buttonLabel(ui, mode, phase)}
          onPress={press}
          mute={speaks && phase.type !== "idle" ? { isMuted, onMuted: setMuted } : undefined}
          screen={
            sendsPicture && phase.type === "live" && "getDisplayMedia" in (navigator.mediaDevices ?? {})
              ? { isShared: stream.isShared, onShared: stream.share }
              : undefined
          }
        >
          <DevicePickers
            roles={rolesOf(config)}
            lists={devices.lists}
            used={usedDevices(state.input, devices.chosen)}
            onChoose={(role, id) => {
              devices.choose(role, id);
              if (role !== "speaker") switchDevice(role === "camera" ? "video" : "audio", id);
            }}
          />
        </Controls>
        <InputPanel config={config} fields={fields} except={talk?.input} />
        <OutputPanel config={config} fields={fields} except={talk?.output} />
        <StatsLine
          stats={phase.type === "live" ? state.stats : undefined}
          modality={modality}
          mode={mode}
          turn={state.turn}
        />
        {phase.type === "live" && state.stats && modality !== "audio" && <TimePanel stats={state.stats} />}
      </main>
      <ToastList toasts={state.toasts} onDismiss={dismiss} />
    </>
  );
}

/** The devices that a stream has a use for. */
function rolesOf({ modality, mode }: PageConfig): readonly DeviceRole[] {
  return [
    ...(modality !== "audio" && mode !== "receive" ? (["camera"] as const) : []),
    ...(modality !== "video" && mode !== "receive" ? (["microphone"] as const) : []),
    ...(modality !== "video" && mode !== "send" ? (["speaker"] as const) : []),
  ];
}

/** What is in use, and where nothing is yet, what was chosen. */
function usedDevices(input: MediaStream | undefined, chosen: ChosenDevices): ChosenDevices {
  const camera = input?.getVideoTracks()[0]?.getSettings().deviceId;
  const microphone = input?.getAudioTracks()[0]?.getSettings().deviceId;
  return { ...chosen, ...(camera && { camera }), ...(microphone && { microphone }) };
}
