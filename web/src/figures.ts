/** `0:07`, `10:00`, `1:00:00`: whole seconds, rounded up, so that it reads zero only when nothing is left. */
export function formatTimeLeft(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  const parts = [Math.floor(whole / 60) % 60, whole % 60].map((part) => String(part).padStart(2, "0"));
  const hours = Math.floor(whole / 3600);
  return hours > 0 ? `${hours}:${parts.join(":")}` : parts.join(":").replace(/^0/, "");
}

/** `1.2 Mbit/s`, `64 kbit/s`; a dash when not known. */
export function formatBitrate(bitsPerSecond: number | undefined): string {
  if (bitsPerSecond === undefined) return "–";
  return bitsPerSecond >= 1e6
    ? `${(bitsPerSecond / 1e6).toFixed(1)} Mbit/s`
    : `${Math.round(bitsPerSecond / 1e3)} kbit/s`;
}

/** A whole number, or a dash when not known. */
export function formatWhole(value: number | undefined): string {
  return value === undefined ? "–" : String(Math.round(value));
}

/** A share of 0 to 1 in per cent, with a decimal below ten; a dash when not known. */
export function formatShare(share: number | undefined): string {
  if (share === undefined) return "–";
  return `${shortNumber(share * 100)} %`;
}

/** `0.4 ms`, `25 ms`; a dash when not known. */
export function formatMilliseconds(ms: number | undefined): string {
  return ms === undefined ? "–" : `${shortNumber(ms)} ms`;
}

/** With a decimal below ten. */
function shortNumber(value: number): number {
  return value < 10 ? Number(value.toFixed(1)) : Math.round(value);
}
