import type { RtcConfiguration } from "../session/rtc-configuration.ts";
import type { Modality, Mode } from "../session/modality.ts";
import type { RtpParams, TrackConstraints } from "../session/media-options.ts";

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
