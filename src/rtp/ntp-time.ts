/** Seconds from 1900, where NTP begins, to 1970. */
const UNIX_EPOCH_NTP_SECONDS = 2_208_988_800;
const TWO_POW_32 = 0x1_0000_0000;

/** A wall-clock time as RTCP carries it: 32 bits of seconds since 1900 and 32 bits of fraction (RFC 3550 §4). */
export interface NtpTime {
  readonly seconds: number;
  readonly fraction: number;
}

/** @param wallMs Milliseconds since the Unix epoch. */
export function ntpFromWallMs(wallMs: number): NtpTime {
  const seconds = Math.floor(wallMs / 1000);
  const fraction = Math.floor(((wallMs - seconds * 1000) / 1000) * TWO_POW_32);
  return { seconds: (seconds + UNIX_EPOCH_NTP_SECONDS) % TWO_POW_32, fraction };
}

/** The middle 32 bits, in units of 2^-16 s, by which report blocks name a sender report (RFC 3550 §6.4.1). */
export function compactNtp({ seconds, fraction }: NtpTime): number {
  return (((seconds & 0xffff) << 16) | (fraction >>> 16)) >>> 0;
}

/** A duration in units of 2^-16 s as milliseconds. */
export function compactNtpToMs(duration: number): number {
  return (duration * 1000) / 0x1_0000;
}

/** A duration in milliseconds in units of 2^-16 s, at most 32 bits. */
export function msToCompactNtp(durationMs: number): number {
  return Math.min(0xffff_ffff, Math.max(0, Math.round((durationMs * 0x1_0000) / 1000)));
}
