import type { RtcConfiguration } from "../session/rtc-configuration.ts";
import type { Modality, Mode } from "../session/modality.ts";
import type { RtpParams, TrackConstraints } from "../session/media-options.ts";
import { version } from "../version.ts";

/** What the built-in page is told about its Stream. */
export interface PageConfig {
  readonly version: string;
  readonly title: string;
  readonly subtitle: string | null;
  readonly modality: Modality;
  readonly mode: Mode;
  readonly rtcConfiguration: RtcConfiguration | null;
  readonly trackConstraints: TrackConstraints | null;
  readonly rtpParams: RtpParams | null;
  /** Seconds a connection may last. */
  readonly timeLimit: number | null;
}

/** What a Stream's options say about its page. */
export interface PageOptions {
  readonly modality: Modality;
  readonly mode: Mode;
  readonly trackConstraints?: TrackConstraints | null | undefined;
  readonly rtpParams?: RtpParams | null | undefined;
  readonly timeLimit?: number | null | undefined;
  readonly uiArgs: { readonly title?: string | undefined; readonly subtitle?: string | undefined };
}

const DEFAULT_VIDEO_CONSTRAINTS: TrackConstraints = {
  width: { ideal: 640 },
  height: { ideal: 480 },
  frameRate: { ideal: 30 },
  facingMode: "user",
};

const DEFAULT_RTP_PARAMS: RtpParams = { degradationPreference: "maintain-framerate" };

/** The page of a Stream with these options. */
export function pageConfigOf(options: PageOptions, rtcConfiguration: RtcConfiguration | null): PageConfig {
  const { modality, mode, trackConstraints, rtpParams, timeLimit, uiArgs } = options;
  return {
    version,
    title: uiArgs.title ?? "FastRTC",
    subtitle: uiArgs.subtitle ?? null,
    modality,
    mode,
    rtcConfiguration,
    trackConstraints: trackConstraints ?? DEFAULT_VIDEO_CONSTRAINTS,
    rtpParams: rtpParams ?? DEFAULT_RTP_PARAMS,
    timeLimit: timeLimit ?? null,
  };
}
