import type { RtcConfiguration } from "../session/rtc-configuration.ts";
import type { Modality, Mode } from "../session/modality.ts";
import type { RtpParams, TrackConstraints } from "../session/media-options.ts";
import type { AdditionalInput } from "../ui/additional-input.ts";
import type { AdditionalOutput } from "../ui/additional-output.ts";
import { describeInputs, describeOutputs, type OutputDescriptor } from "../ui/describe.ts";
import type { ComponentDescriptor } from "../ui/descriptor.ts";
import { type CheckedUiArgs, describeUi, type UiDescriptor } from "../ui/ui-args.ts";
import { version } from "../version.ts";

/** What the built-in page is told about its Stream. */
export interface PageConfig {
  readonly version: string;
  /** What it looks like. */
  readonly ui: UiDescriptor;
  readonly modality: Modality;
  readonly mode: Mode;
  readonly rtcConfiguration: RtcConfiguration | null;
  /** null for what suits the modality. */
  readonly trackConstraints: TrackConstraints | null;
  readonly rtpParams: RtpParams | null;
  /** Seconds a connection may last. */
  readonly timeLimit: number | null;
  readonly additionalInputs: readonly ComponentDescriptor[];
  readonly additionalOutputs: readonly OutputDescriptor[];
}

/** What a Stream's options say about its page. */
export interface PageOptions {
  readonly modality: Modality;
  readonly mode: Mode;
  readonly trackConstraints?: TrackConstraints | null | undefined;
  readonly rtpParams?: RtpParams | null | undefined;
  readonly timeLimit?: number | null | undefined;
  readonly additionalInputs: readonly AdditionalInput[];
  readonly additionalOutputs: readonly AdditionalOutput[];
  readonly uiArgs: CheckedUiArgs;
}

const DEFAULT_RTP_PARAMS: RtpParams = { degradationPreference: "maintain-framerate" };

/** The page of a Stream with these options. */
export function pageConfigOf(options: PageOptions, rtcConfiguration: RtcConfiguration | null): PageConfig {
  const { modality, mode, trackConstraints, rtpParams, timeLimit, uiArgs, additionalInputs, additionalOutputs } =
    options;
  return {
    version,
    ui: describeUi(uiArgs),
    modality,
    mode,
    rtcConfiguration,
    trackConstraints: trackConstraints ?? null, // The page knows what suits a camera and what a microphone.
    rtpParams: rtpParams ?? DEFAULT_RTP_PARAMS,
    timeLimit: timeLimit ?? null,
    additionalInputs: describeInputs(additionalInputs),
    additionalOutputs: describeOutputs(additionalOutputs, additionalInputs),
  };
}
