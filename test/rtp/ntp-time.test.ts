import { expect, it } from "vitest";
import { compactNtp, compactNtpToMs, msToCompactNtp, ntpFromWallMs } from "../../src/rtp/ntp-time.ts";

it("NTP time counts seconds from 1900 and their fraction in 2^-32", () => {
  expect(ntpFromWallMs(0)).toEqual({ seconds: 2_208_988_800, fraction: 0 });
  expect(ntpFromWallMs(1_700_000_000_250)).toEqual({ seconds: 3_908_988_800, fraction: 0x4000_0000 });
});

it("the compact form is the middle 32 bits", () => {
  expect(compactNtp({ seconds: 0xb705_2000, fraction: 0x1234_5678 })).toBe(0x2000_1234);
});

it("compact durations are in 2^-16 s and stay within 32 bits", () => {
  expect(msToCompactNtp(5250)).toBe(0x0005_4000); // The example of RFC 3550 figure 2.
  expect(compactNtpToMs(0x0005_4000)).toBe(5250);
  expect(msToCompactNtp(-1)).toBe(0);
  expect(msToCompactNtp(1e12)).toBe(0xffff_ffff);
});
