import type { ComponentDescriptor, Modality, Mode, OutputDescriptor, UiDescriptor } from "../../src/client/index.ts";

/** What the server tells the page about its stream. */
export interface PageConfig {
  readonly ui: UiDescriptor;
  readonly modality: Modality;
  readonly mode: Mode;
  readonly rtcConfiguration: RTCConfiguration | null;
  readonly trackConstraints: MediaTrackConstraints | null;
  readonly rtpParams: Partial<RTCRtpSendParameters> | null;
  /** Seconds a connection may last. */
  readonly timeLimit: number | null;
  readonly additionalInputs: readonly ComponentDescriptor[];
  readonly additionalOutputs: readonly OutputDescriptor[];
}

const DEFAULTS: PageConfig = {
  ui: {
    title: "FastRTC",
    subtitle: null,
    hideTitle: false,
    fullScreen: false,
    variant: "wave",
    icon: null,
    iconButtonColor: null,
    pulseColor: null,
    iconRadius: 50,
    buttonLabels: { start: null, stop: null, waiting: null },
    sendInputOn: "change",
    tabs: [],
    modules: [],
    remoteOpen: false,
  },
  modality: "video",
  mode: "send-receive",
  rtcConfiguration: null,
  trackConstraints: null,
  rtpParams: null,
  timeLimit: null,
  additionalInputs: [],
  additionalOutputs: [],
};

/** Reads the block of JSON that the server puts into the page; the defaults without one, as under `npm run dev`. */
export function readPageConfig(root: ParentNode = document): PageConfig {
  const json = root.querySelector("#fastrtc-config")?.textContent;
  if (!json) return DEFAULTS;
  // Written by the server that serves this file, so its types are not checked a second time.
  return { ...DEFAULTS, ...(JSON.parse(json) as Partial<PageConfig>) };
}

/** What to ask of the camera when the stream does not say. */
const DEFAULT_VIDEO: MediaTrackConstraints = {
  width: { ideal: 640 },
  height: { ideal: 480 },
  frameRate: { ideal: 30 },
  facingMode: { ideal: "user" },
};

const DEFAULT_AUDIO: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** The constraints of the stream for one kind of device; those of a stream with both may come apart by kind. */
export function deviceConstraints(
  { modality, trackConstraints }: PageConfig,
  kind: "video" | "audio",
): MediaTrackConstraints {
  const defaults = kind === "video" ? DEFAULT_VIDEO : DEFAULT_AUDIO;
  if (!trackConstraints) return defaults;
  if (modality === kind) return trackConstraints;
  return (trackConstraints as Readonly<Record<typeof kind, MediaTrackConstraints | undefined>>)[kind] ?? defaults;
}
