import type { Codec } from "./session-description.ts";

export type H264Profile = "constrained-baseline" | "baseline" | "main" | "constrained-high" | "high";

/** What an H.264 payload type stands for (RFC 6184 section 8.1). */
export interface H264Format {
  readonly profile: H264Profile;
  /** As in `level_idc`: ten times the level, so 31 is level 3.1, which is 1280x720 at 30 frames per second. */
  readonly level: number;
  /** 0: one NAL unit per packet; 1: units may be split and joined. */
  readonly packetizationMode: 0 | 1;
}

/** Baseline, level 1: what a missing `profile-level-id` means. */
const DEFAULT_PROFILE_LEVEL_ID = "420010";

/**
 * Reads the format of an H.264 payload type. `undefined` stands for those that cannot be used: profiles that are not 4:2:0 with
 * 8 bits, or interleaved packets (mode 2). A stream of constrained baseline can be decoded by a decoder of any
 * profile that is returned here, so that is what may be sent to all of them.
 */
export function h264Format({ parameters }: Codec): H264Format | undefined {
  const id = parameters.get("profile-level-id") ?? DEFAULT_PROFILE_LEVEL_ID;
  const mode = parameters.get("packetization-mode") ?? "0";
  if (!/^[0-9A-Fa-f]{6}$/.test(id) || (mode !== "0" && mode !== "1")) return undefined;
  const profile = profileOf(Number.parseInt(id.slice(0, 2), 16), Number.parseInt(id.slice(2, 4), 16));
  return profile && { profile, level: Number.parseInt(id.slice(4), 16), packetizationMode: mode === "1" ? 1 : 0 };
}

/** RFC 6184 section 8.1, table 5: `profile_idc` and the constraint flags that come with it. */
function profileOf(profileIdc: number, flags: number): H264Profile | undefined {
  const set0 = (flags & 0x80) !== 0;
  const set1 = (flags & 0x40) !== 0;
  switch (profileIdc) {
    case 0x42:
      return set1 ? "constrained-baseline" : "baseline";
    case 0x4d:
      return set0 ? "constrained-baseline" : "main";
    case 0x58:
      return set0 && set1 ? "constrained-baseline" : undefined;
    case 0x64:
      return (flags & 0x0c) === 0x0c ? "constrained-high" : "high";
    default:
      return undefined;
  }
}
