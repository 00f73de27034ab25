import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { findChromium } from "../../scripts/chromium-path.ts";

// Windows tells programs by their names, and macOS has usual places that a test cannot empty.
describe.runIf(process.platform === "linux")("finding Chromium", () => {
  let folder = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "fastrtc-chromium-"));
    vi.stubEnv("PATH", ["first", "second"].map((name) => join(folder, name)).join(delimiter));
    vi.stubEnv("CHROMIUM_PATH", undefined);
  });

  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  it("takes what CHROMIUM_PATH names, whatever else there is", () => {
    program("first/chromium");
    vi.stubEnv("CHROMIUM_PATH", program("elsewhere/my-browser"));
    expect(findChromium()).toBe(join(folder, "elsewhere/my-browser"));
  });

  it("refuses a CHROMIUM_PATH that cannot be run, instead of quietly taking another browser", () => {
    program("first/chromium");
    vi.stubEnv("CHROMIUM_PATH", join(folder, "elsewhere/my-browser"));
    expect(() => findChromium()).toThrow(/CHROMIUM_PATH is .*my-browser, which is not a program/);
  });

  it("prefers Chromium to Chrome, wherever they are on the PATH", () => {
    program("first/google-chrome");
    program("second/chromium");
    expect(findChromium()).toBe(join(folder, "second/chromium"));
  });

  it("passes over a file that cannot be run", () => {
    chmodSync(program("first/chromium"), 0o644);
    program("second/chrome");
    expect(findChromium()).toBe(join(folder, "second/chrome"));
  });

  it("finds nothing where there is nothing", () => {
    expect(findChromium()).toBeUndefined();
  });

  function program(path: string): string {
    const full = join(folder, path);
    mkdirSync(join(full, ".."), { recursive: true });
    writeFileSync(full, "");
    chmodSync(full, 0o755);
    return full;
  }
});
